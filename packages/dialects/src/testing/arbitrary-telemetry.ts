import fc from "fast-check";
import { merged, optional } from "./arbitrary-fragments.ts";

/** What proxies of some targets tell, to collectors that are known by name, by service, or not at all. */
export function telemetryPolicies(
  targets: fc.Arbitrary<unknown>,
  service: fc.Arbitrary<unknown>,
): fc.Arbitrary<object> {
  const disabled = fc.constant({ disabled: true });
  return merged(
    fc.record({ targets }),
    optional(
      fc.oneof(
        disabled,
        merged(
          optional(fc.constantFrom([{ name: "a" }], [{ name: "b" }]), "providers"),
          optional(fc.constantFrom("response.code >= 400", "true"), "filter"),
          optional(fc.constantFrom("client", "server"), "side"),
        ),
      ),
      "accessLogs",
    ),
    optional(fc.oneof(disabled, fc.record({ interval: fc.constantFrom("5s", "10s") })), "metrics"),
    optional(
      fc.oneof(
        disabled,
        merged(
          optional(fc.record({ type: fc.constantFrom("zipkin", "otel"), service }), "provider"),
          optional(fc.constantFrom(1, 100), "sampling"),
          optional(fc.constantFrom({ a: { literal: "1" } }, { b: { header: "x" } }), "tags"),
        ),
      ),
      "tracing",
    ),
  );
}
