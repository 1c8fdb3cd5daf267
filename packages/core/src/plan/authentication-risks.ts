import type { Provenance } from "../provenance.ts";
import type { ClusterClients } from "./cluster-clients.ts";
import type { Guard } from "./guards.ts";
import type { Risk } from "./plan.ts";

/** mTLS that becomes required keeps out whoever has no proxy; tokens that become required, whoever sends none. */
export function* authenticationRisks(
  clients: () => ClusterClients,
  old: Guard,
  young: Guard,
): Iterable<Risk> {
  const { namespace, name } = young.destination;
  const risk = { cluster: young.cluster, destination: `${namespace}/${name}` };
  const strict = newlyStrict(old, young);
  const unmeshed = strict.length > 0 ? clients().unmeshed : [];
  if (unmeshed.length > 0) {
    const ports = strict.flatMap(({ port }) => port ?? []);
    const where = ports.length < strict.length ? "" : ` on port ${ports.join(", ")}`;
    yield {
      ...risk,
      code: "CLIENTS_NOT_MESHED",
      reason: `mTLS becomes STRICT${where}; workloads of the cluster without a proxy in all of their pods can no longer call`,
      clients: unmeshed,
      because: strict.map(({ from }) => from),
    };
  }
  const known = new Set(old.authentication?.jwt.map(({ value }) => value.issuer));
  const added = (young.authentication?.jwt ?? []).filter(({ value }) => !known.has(value.issuer));
  if (added.length > 0) {
    const issuers = [...new Set(added.map(({ value }) => value.issuer))].join(" and ");
    const reason = `requests without a token of ${issuers} are refused`;
    yield { ...risk, code: "TOKEN_REQUIRED", reason, clients: [], because: added.map(({ from }) => from) };
  }
}

/** Ports at which mTLS was not required before; without a port where it is so for all that are not named. */
function newlyStrict(old: Guard, young: Guard): { readonly port?: number; readonly from: Provenance }[] {
  const named = [old, young].flatMap(({ authentication }) => [...(authentication?.ports.keys() ?? [])]);
  const added = [undefined, ...new Set(named)].flatMap((port) => {
    const [was, is] = [modeAt(old, port), modeAt(young, port)];
    return is?.value === "STRICT" && was?.value !== "STRICT"
      ? [{ ...(port !== undefined && { port }), from: is.from }]
      : [];
  });
  return added;
}

function modeAt({ authentication }: Guard, port: number | undefined) {
  return (port === undefined ? undefined : authentication?.ports.get(port)) ?? authentication?.mode;
}
