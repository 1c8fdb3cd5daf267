{{- define "heddle-agent.name" -}}heddle-agent{{- end }}
{{- define "heddle-agent.labels" -}}
app.kubernetes.io/name: heddle-agent
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
