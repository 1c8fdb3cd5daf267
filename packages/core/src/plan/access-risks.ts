import { canonicalJson } from "../canonical-json.ts";
import type { EffectiveAccess } from "../policy/effective-access.ts";
import type { Provenance } from "../provenance.ts";
import { distinct } from "../translation/assembly.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { type ClusterClients, nameOf } from "./cluster-clients.ts";
import type { Guard } from "./guards.ts";
import type { Risk } from "./plan.ts";
import { type Reach, reachOf } from "./reach.ts";

type Losses = Readonly<Record<"none" | "some", readonly string[]>>;

const order: Readonly<Record<Reach, number>> = { none: 0, some: 1, all: 2 };

/** Clients asked about in one plan at most, so that no plan holds up a server for long. */
const MOST_QUESTIONS = 1_000_000;

/** Finds who reaches less than before. The same for destinations with the same rules, so judged once for them. */
export class AccessRisks {
  readonly #judged = new Map<string, Losses | undefined>();
  #left = MOST_QUESTIONS;

  *of(cluster: ClusterWorld, clients: () => ClusterClients, old: Guard, young: Guard): Iterable<Risk> {
    const because = differing(old.access, young.access);
    if (because.length === 0) return;
    const { namespace, name } = young.destination;
    const risk = { cluster: young.cluster, destination: `${namespace}/${name}`, because };
    const losses = this.#losses(clients(), young.cluster, old.access, young.access);
    if (losses === undefined) {
      const reason = "the rules change, for more clients and destinations than a plan looks at one by one";
      yield { ...risk, code: "CLIENTS_RESTRICTED", reason, clients: [] };
      return;
    }
    const own = new Set(cluster.workloadsOf(young.destination).map(nameOf));
    const others = (names: readonly string[]) => names.filter((client) => !own.has(client));
    const [none, some] = [others(losses.none), others(losses.some)];
    if (none.length > 0)
      yield {
        ...risk,
        code: "CLIENTS_SHUT_OUT",
        reason: "clients that are no longer allowed",
        clients: none,
      };
    if (some.length > 0) {
      const reason =
        "clients that are allowed less than before, or only under conditions that the inventory does not tell";
      yield { ...risk, code: "CLIENTS_RESTRICTED", reason, clients: some };
    }
  }

  #losses(
    clients: ClusterClients,
    cluster: string,
    before: EffectiveAccess,
    after: EffectiveAccess,
  ): Losses | undefined {
    const key = `${cluster} ${canonicalJson([before, after])}`;
    if (!this.#judged.has(key)) this.#judged.set(key, this.#judge(clients, before, after));
    return this.#judged.get(key);
  }

  #judge(clients: ClusterClients, before: EffectiveAccess, after: EffectiveAccess): Losses | undefined {
    const losses = { none: new Set<string>(), some: new Set<string>() };
    for (const client of clients.candidates(before)) {
      if (this.#left-- <= 0) return undefined;
      const is = reachOf(after, client);
      if (is !== "all" && order[is] < order[reachOf(before, client)]) losses[is].add(nameOf(client));
    }
    return { none: [...losses.none].sort(), some: [...losses.some].sort() };
  }
}

/** The rules, and the default, that only one of the two has. */
function differing(before: EffectiveAccess, after: EffectiveAccess): Provenance[] {
  const said = ({ rules, denied }: EffectiveAccess) =>
    new Map([
      ...rules.map((rule) => [canonicalJson(rule), { resource: rule.key, path: "spec" }] as const),
      ...(denied === undefined ? [] : [[canonicalJson(denied), denied.from] as const]),
    ]);
  const [old, young] = [said(before), said(after)];
  const only = [...young, ...old].filter(([text]) => !(old.has(text) && young.has(text)));
  return distinct(only.map(([, from]) => from));
}
