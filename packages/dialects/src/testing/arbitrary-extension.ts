import fc from "fast-check";
import { merged, optional } from "./arbitrary-fragments.ts";

/** Code in the path of requests to some targets, or from them. */
export function extensionPolicies(
  targets: fc.Arbitrary<unknown>,
  service: fc.Arbitrary<unknown>,
): fc.Arbitrary<object> {
  const list = (own: Record<string, fc.Arbitrary<unknown>>) =>
    fc
      .tuple(
        fc.record({ ...own, name: fc.constant("a") }),
        optional(fc.constantFrom("inbound", "outbound", "both"), "direction"),
        optional(fc.constant([9080]), "ports"),
      )
      .map((parts) => [Object.assign({}, ...parts) as object]);
  return fc.record({
    targets,
    lua: list({ code: fc.constantFrom("-- a", "-- b") }),
    wasm: list({ url: fc.constantFrom("oci://a", "oci://b") }),
    externalProcessing: list({ service }),
  });
}

/** Workloads that are no pods, in a cluster or on a network. */
export function machines(
  namespace: fc.Arbitrary<string>,
  cluster: fc.Arbitrary<string>,
  serviceAccount: fc.Arbitrary<string>,
): fc.Arbitrary<object> {
  return merged(
    fc.record({
      namespace,
      addresses: fc.constantFrom(["10.0.0.1"], ["10.0.0.2", "10.0.0.3"]),
      ports: fc.constant([{ name: "http", port: 9080 }]),
      identity: fc.record({ serviceAccount }),
    }),
    fc.oneof(fc.record({ cluster }), fc.record({ network: fc.constantFrom("n1", "n2") })),
  );
}
