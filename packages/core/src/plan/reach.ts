import type { AccessSource } from "@heddle/api";
import type { AccessRule, EffectiveAccess } from "../policy/effective-access.ts";

/** A kind of client that the inventory knows: the pods of one service account. Without a mesh it has no identity. */
export interface Client {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Undefined outside of every mesh. */
  readonly trustDomain: string | undefined;
}

/** How much of a destination a client reaches: `some` when it hangs on the request, or on what the inventory does not tell. */
export type Reach = "none" | "some" | "all";

/** Three-valued truth as numbers: `min` is and, `max` is or, `2 - x` is not. */
type Truth = 0 | 1 | 2;
const [NO, PERHAPS, YES]: readonly [Truth, Truth, Truth] = [0, 1, 2];

/** What access rules leave a client (SEMANTICS, "Access"): any DENY that matches, else any ALLOW, else nothing when there is an ALLOW, else the default. */
export function reachOf({ rules, denied: closed }: EffectiveAccess, client: Client): Reach {
  const enforced = rules.filter(({ spec }) => spec.dryRun !== true);
  const matching = (action: "ALLOW" | "DENY") =>
    enforced.filter(({ spec }) => spec.action === action).map((rule) => matches(rule, client));
  const denied = any(matching("DENY"));
  const allows = matching("ALLOW");
  const allowed = allows.length === 0 ? truth(closed === undefined) : any(allows);
  const reach = Math.min(allowed, YES - denied);
  return reach === YES ? "all" : reach === NO ? "none" : "some";
}

function matches({ spec, ports }: AccessRule, client: Client): Truth {
  const from = spec.from === undefined ? YES : any(spec.from.map((source) => fromSource(source, client)));
  const whole = spec.to === undefined && ports === undefined ? YES : PERHAPS;
  return all([from, whole]);
}

function fromSource({ jwt, not, ...fields }: AccessSource, client: Client): Truth {
  const excluded = any(conditions(not ?? {}, client));
  return all([...conditions(fields, client), jwt === undefined ? YES : PERHAPS, (YES - excluded) as Truth]);
}

/** One truth for each field that is set. */
function conditions(
  { identities, serviceAccounts, namespaces, clusters, ipBlocks }: Omit<AccessSource, "jwt" | "not">,
  client: Client,
): Truth[] {
  const { cluster, namespace, serviceAccount, trustDomain } = client;
  const meshed = (holds: boolean) => truth(holds && trustDomain !== undefined);
  return [
    ...(identities ? [any(identities.map((identity) => isIdentity(identity, client)))] : []),
    ...(serviceAccounts ? [meshed(serviceAccounts.includes(`${namespace}/${serviceAccount}`))] : []),
    ...(namespaces ? [meshed(namespaces.includes(namespace))] : []),
    ...(clusters ? [meshed(clusters.includes(cluster))] : []),
    ...(ipBlocks ? [PERHAPS] : []),
  ];
}

function isIdentity(wanted: string, { namespace, serviceAccount, trustDomain }: Client): Truth {
  if (trustDomain === undefined) return NO;
  if (!wanted.startsWith("spiffe://")) return wanted === "*" ? YES : PERHAPS;
  const own = `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
  return truth(wanted.endsWith("*") ? own.startsWith(wanted.slice(0, -1)) : own === wanted);
}

function truth(holds: boolean): Truth {
  return holds ? YES : NO;
}

function all(values: readonly Truth[]): Truth {
  return Math.min(YES, ...values) as Truth;
}

function any(values: readonly Truth[]): Truth {
  return Math.max(NO, ...values) as Truth;
}
