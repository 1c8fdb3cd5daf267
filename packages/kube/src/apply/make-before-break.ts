import type { KubeObject } from "../kube-object.ts";
import { stamp } from "./ownership.ts";
import type { ApplyTask } from "./plan.ts";

/**
 * How long a mesh takes to tell its proxies of what routes lead to, in ms. istiod gathers changes for 100 ms and sends them in one go, but a
 * proxy takes up a route at once and a new cluster only when it knows its endpoints (PILOT_DEBOUNCE_AFTER;
 * istio.io/latest/docs/ops/best-practices/traffic-management, "Avoid 503 errors while reconfiguring service routes").
 */
export const settleMs = 1_000;

interface Kind {
  readonly kind: string;
}

const routes: ReadonlySet<string> = new Set([
  "VirtualService",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
]);
const led: ReadonlySet<string> = new Set(["DestinationRule", "Service", "ServiceEntry"]);

/** Whether it leads requests to names that others define. */
export function isRoute({ kind }: Kind): boolean {
  return routes.has(kind);
}

/** Whether routes may lead to it, or to what it defines. */
export function isLedTo({ kind }: Kind): boolean {
  return led.has(kind);
}

/** Whether its content is needed to tell what routes may lead to. */
export function definesSubsets({ kind }: Kind): boolean {
  return kind === "DestinationRule";
}

interface Subset {
  readonly name: string;
}

function subsetsOf(object: KubeObject | undefined): readonly Subset[] {
  const spec = object?.["spec"] as { subsets?: readonly Subset[] } | undefined;
  return spec?.subsets ?? [];
}

/** Whether routes can lead to something that they could not lead to before. */
export function addsNames(next: KubeObject, earlier: KubeObject | undefined): boolean {
  if (!isLedTo(next)) return false;
  if (!definesSubsets(next)) return earlier === undefined;
  const known = new Set(subsetsOf(earlier).map(({ name }) => name));
  return subsetsOf(next).some(({ name }) => !known.has(name));
}

/**
 * The object as it should be with what routes still lead to until they are changed: the subsets that it is about to lose. Marked so that
 * nobody takes it for what the bundle says. Undefined when it loses none.
 */
export function widened(
  { desired, bundle }: ApplyTask,
  earlier: KubeObject | undefined,
): KubeObject | undefined {
  const own = subsetsOf(desired);
  const names = new Set(own.map(({ name }) => name));
  const lost = subsetsOf(earlier).filter(({ name }) => !names.has(name));
  if (lost.length === 0) return undefined;
  const spec = { ...(desired["spec"] as object), subsets: [...own, ...lost] };
  return stamp({ ...desired, spec }, { ...bundle, hash: `${bundle.hash}+` });
}
