import { z } from "zod";
import { checkTargets } from "../checks/check-targets.ts";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { cel, dnsLabel, duration, headerName, host, percent, port } from "../primitives.ts";
import { secretRef } from "../secret-ref.ts";
import { targets } from "../selecting.ts";
import { destinationRef } from "../traffic/backend.ts";

const collector = {
  service: destinationRef.exactOptional().describe("The collector, as a service in the mesh."),
  host: host.exactOptional().describe("The collector, by host name."),
  port: port.exactOptional().describe("Port of the collector; the protocol's usual one unless set."),
};

const accessLogProvider = z.strictObject({
  name: dnsLabel.describe("Name of the provider, as the mesh calls it."),
  type: z
    .enum(["stdout", "file", "otel", "als", "tcp"])
    .default("stdout")
    .describe("`als` is Envoy's gRPC access log service, `otel` OpenTelemetry's protocol."),
  path: z.string().startsWith("/").max(1024).exactOptional().describe("Path in the proxy; for `file`."),
  ...collector,
  format: z
    .union([
      z.strictObject({ text: z.string().min(1).max(8192).describe("One line, with Envoy's `%COMMANDS%`.") }),
      z.strictObject({
        json: z
          .record(z.string().min(1).max(256), z.string().max(1024))
          .describe("Fields, each with Envoy's `%COMMANDS%`."),
      }),
    ])
    .exactOptional()
    .describe("How an entry is written: exactly one of `text`, `json`; the mesh's usual way unless set."),
});

const side = z
  .enum(["client", "server", "both"])
  .default("both")
  .describe("Whether the target's proxies do it for requests that they send, that they get, or both.");

const accessLogs = z.strictObject({
  disabled: z.boolean().exactOptional().describe("Writes no access logs."),
  providers: z
    .array(accessLogProvider)
    .min(1)
    .exactOptional()
    .describe("Where entries go; as the mesh is set up unless set."),
  filter: cel.exactOptional().describe("Only requests for which this is true, in CEL."),
  side,
});

const tagChange = z.union([
  z.literal(false),
  z.strictObject({ value: z.string().min(1).max(1024).describe("Expression that gives the value.") }),
]);

const metrics = z.strictObject({
  disabled: z.boolean().exactOptional().describe("Makes no metrics."),
  providers: z
    .array(
      z.strictObject({
        name: dnsLabel.describe("Name of the provider."),
        type: z.enum(["prometheus", "otel"]).default("prometheus").describe("How they are collected."),
        ...collector,
        path: z
          .string()
          .startsWith("/")
          .max(1024)
          .exactOptional()
          .describe("Path at the proxy; for `prometheus`."),
      }),
    )
    .min(1)
    .exactOptional()
    .describe("Where metrics go; as the mesh is set up unless set."),
  overrides: z
    .array(
      z.strictObject({
        metric: z
          .string()
          .regex(/^(\*|[A-Za-z_][A-Za-z0-9_]{0,254})$/, "must be the name of a metric or *")
          .default("*")
          .describe("Name of the metric; `*` for all."),
        side,
        disabled: z.boolean().exactOptional().describe("Leaves the metric out."),
        tags: z
          .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, "must be the name of a tag"), tagChange)
          .exactOptional()
          .describe("Tags that are set, or left out with `false`."),
      }),
    )
    .min(1)
    .exactOptional()
    .describe("What is changed of single metrics."),
  interval: duration.exactOptional().describe("How often metrics are sent."),
});

const tracing = z.strictObject({
  disabled: z.boolean().exactOptional().describe("Reports no spans."),
  provider: z
    .strictObject({
      type: z
        .enum(["zipkin", "jaeger", "otel", "datadog", "lightstep", "skywalking", "stackdriver"])
        .describe("What the collector speaks."),
      ...collector,
      accessTokenRef: secretRef
        .exactOptional()
        .describe("Token of the collector; for `lightstep` and `otel`."),
    })
    .exactOptional()
    .describe("Where spans go; as the mesh is set up unless set."),
  sampling: percent.exactOptional().describe("Share of the requests that is traced."),
  tags: z
    .record(
      z.string().min(1).max(256),
      z.union([
        z.strictObject({ literal: z.string().max(1024).describe("This text.") }),
        z.strictObject({
          header: headerName.describe("Value of this request header."),
          default: z.string().max(1024).exactOptional().describe("Value when the header is not there."),
        }),
        z.strictObject({
          environment: z
            .string()
            .regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, "must be the name of an environment variable")
            .describe("Value of this environment variable of the proxy."),
          default: z.string().max(1024).exactOptional().describe("Value when the variable is not set."),
        }),
      ]),
    )
    .exactOptional()
    .describe("Tags of spans, each by exactly one of `literal`, `header`, `environment`."),
  maxTagLength: z.int().min(1).max(65_536).exactOptional().describe("Longer tags are cut."),
});

const spec = z.strictObject({
  targets,
  accessLogs: accessLogs.exactOptional().describe("Access logs of proxies."),
  metrics: metrics.exactOptional().describe("Metrics of proxies."),
  tracing: tracing.exactOptional().describe("Spans of distributed traces."),
});
export type TelemetryPolicySpec = z.output<typeof spec>;

function check(value: TelemetryPolicySpec, report: Report): void {
  checkTargets(value.targets, report);
  const parts = (["accessLogs", "metrics", "tracing"] as const).filter((part) => value[part] !== undefined);
  if (parts.length === 0)
    report({ code: "EMPTY_POLICY", path: [], reason: "none of accessLogs, metrics and tracing is set" });
  for (const part of parts) {
    const settings = Object.keys(value[part] ?? {}).filter((field) => field !== "side");
    if (value[part]?.disabled === true && settings.length > 1)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [part, settings.find((field) => field !== "disabled") ?? "disabled"],
        reason: "disabled: true leaves nothing else to say",
        remedy: "remove disabled, or the rest",
      });
  }
  value.accessLogs?.providers?.forEach((provider, index) => {
    const at = ["accessLogs", "providers", index];
    checkCollector(provider, at, ["otel", "als", "tcp"], report);
    if ((provider.type === "file") !== (provider.path !== undefined))
      report({
        code: "MISSING_COMPANION",
        path: [...at, "path"],
        reason: "a path belongs to type file, and type file needs one",
        remedy: "set both or none",
      });
  });
  checkUnique(value.accessLogs?.providers, ["accessLogs", "providers"], (entry) => entry.name, report, {
    field: "name",
  });
  value.metrics?.providers?.forEach((provider, index) => {
    checkCollector(provider, ["metrics", "providers", index], ["otel"], report);
  });
  checkUnique(value.metrics?.providers, ["metrics", "providers"], (entry) => entry.name, report, {
    field: "name",
  });
  checkUnique(
    value.metrics?.overrides,
    ["metrics", "overrides"],
    (entry) => `${entry.metric} (${entry.side})`,
    report,
  );
  if (value.tracing?.provider !== undefined)
    checkCollector(value.tracing.provider, ["tracing", "provider"], undefined, report);
}

interface Collector {
  readonly type: string;
  readonly service?: object;
  readonly host?: string;
}

/** Checks where data is sent to. Only the types in `remote` send it anywhere; all do when not given. */
function checkCollector(
  value: Collector,
  at: readonly (string | number)[],
  remote: readonly string[] | undefined,
  report: Report,
): void {
  const given = [value.service, value.host].filter((place) => place !== undefined).length;
  const sends = remote === undefined || remote.includes(value.type);
  const optional = value.type === "stackdriver";
  if (given > 1 || (!sends && given > 0))
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "host"],
      reason: sends
        ? "service and host both say where the collector is"
        : `${value.type} sends nothing to a collector`,
      remedy: sends ? "keep one of service, host" : "remove service and host",
    });
  else if (sends && given === 0 && !optional)
    report({
      code: "MISSING_COMPANION",
      path: at,
      reason: `${value.type} needs a collector to send to`,
      remedy: "set service or host",
    });
}

export const telemetryPolicy = defineKind({
  kind: "TelemetryPolicy",
  plural: "telemetrypolicies",
  shortNames: ["tel"],
  area: "observability",
  workspaced: true,
  summary: "Access logs, metrics and traces of proxies.",
  spec,
  check,
});
