/** Native fields of Istio's capability table that no traffic can show on the test mesh, with the reason. */
export const unprovable: readonly { readonly reason: string; readonly fields: RegExp }[] = [
  {
    reason: "metrics are made by a filter of Istio's own Envoy, and the test mesh runs upstream's",
    fields: /^TelemetryPolicy\.metrics\./,
  },
];
