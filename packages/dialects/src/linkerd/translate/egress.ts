import type { EffectiveEgress, TranslationBuilder, UnitContext } from "@heddle/core";
import { policyApiVersion } from "../api-versions.ts";

/** Namespace whose EgressNetworks hold for clients everywhere, unless Linkerd's chart was told another. */
export const everyNamespace = "linkerd-egress";

/** Where an EgressNetwork stands. */
interface Place {
  readonly level: "namespace" | "mesh";
  readonly namespace: string;
}

/**
 * An EgressNetwork at each level that a policy speaks about; that of a namespace comes before the one for all. One that denies would
 * deny external services too, which only routes on it could let through. (linkerd.io/2/reference/egress-network)
 */
export function translateEgress(
  egress: EffectiveEgress | undefined,
  { level, namespace }: Place,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const outbound = egress?.outbound;
  if (outbound?.level !== level || context.unsupported(outbound.from.resource, outbound.from.path)) return;
  const denies = outbound.value === "registryOnly";
  const [external] = denies ? context.externalServices(level === "mesh" ? undefined : namespace) : [];
  if (external !== undefined) {
    out.verdict(
      outbound.from,
      "unsupported",
      `left out: external service ${external.metadata.name} would be denied too, without routes that Heddle does not write`,
    );
    return;
  }
  if (level === "mesh")
    out.verdict(
      outbound.from,
      "approximated",
      `written in namespace ${everyNamespace}, which must exist and be the one that Linkerd's chart names`,
    );
  out.object(
    { apiVersion: policyApiVersion, kind: "EgressNetwork", namespace, name: "heddle-outbound" },
    [outbound.from],
    { "spec.trafficPolicy": denies ? "Deny" : "Allow" },
  );
}

/** An EgressNetwork is for all clients of its namespace. */
export function tellEgressOfWorkload(egress: EffectiveEgress | undefined, out: TranslationBuilder): void {
  if (egress?.outbound?.level === "workload")
    out.verdict(
      egress.outbound.from,
      "unsupported",
      "left out: Linkerd tells clients of an EgressNetwork apart by namespace only",
    );
}
