import { parseResourceKey, type Resource, resourceKey, type Split } from "@heddle/api";
import {
  type Capability,
  type EffectiveRule,
  everyClient,
  isEveryClient,
  type Provenance,
  smallest,
  type TrafficForClients,
  type TranslationBuilder,
  type UnitContext,
  type VirtualUnit,
} from "@heddle/core";
import { native } from "./capability-levels.ts";

type Port = VirtualUnit["destination"]["spec"]["ports"][number];

/** What is said about calling a virtual destination, by class of clients; calls go to itself where nothing is. */
export function virtualClasses({ traffic }: Pick<VirtualUnit, "traffic">): TrafficForClients[] {
  const rule: EffectiveRule = {
    name: "default",
    from: undefined,
    match: undefined,
    matchFrom: undefined,
    ports: undefined,
    action: { kind: "forward" },
    knobs: {},
  };
  const told = traffic?.classes ?? [];
  return told.some(({ clients }) => isEveryClient(clients))
    ? [...told]
    : [...told, { clients: everyClient, rules: [rule], heard: [] }];
}

/** Rules for calls to one port of a virtual destination: what they send to itself goes to its backends. */
export function virtualRules(
  rules: readonly EffectiveRule[],
  { destination, split }: Pick<VirtualUnit, "destination" | "split">,
  { port, targetPort }: Port,
): EffectiveRule[] {
  const backends = split.map((backend) => ({ ...backend, port: backend.port ?? targetPort ?? port }));
  const alone = destination.spec.ports.length === 1;
  const own: Provenance = { resource: resourceKey(destination), path: "spec.backends" };
  return rules
    .filter(({ ports }) => ports?.includes(port) ?? true)
    .map((said): EffectiveRule => {
      const rule = { ...said, from: said.from ?? own };
      const ports = alone && rule.ports === undefined ? undefined : [port];
      if (rule.action.kind === "forward")
        return { ...rule, ports, action: { kind: "split", split: backends } };
      if (rule.action.kind !== "split") return { ...rule, ports };
      const entries = rule.action.split.map(
        (entry) => [entry, entry.destination === undefined ? backends : undefined] as const,
      );
      return { ...rule, ports, action: { kind: "split", split: spread(entries) } };
    });
}

/** A rule whose split leads to virtual destinations, with these replaced by their backends. */
export function withBackends(
  rule: EffectiveRule,
  context: UnitContext,
  out: TranslationBuilder,
): EffectiveRule {
  const { action, from } = rule;
  if (action.kind !== "split" || from === undefined) return rule;
  if (action.split.every(({ destination }) => destination?.kind !== "VirtualDestination")) return rule;
  const entries = action.split.map((entry) => [entry, backendsOf(entry, from, context, out)] as const);
  return { ...rule, action: { kind: "split", split: spread(entries) } };
}

/** What an entry means by the name of a virtual destination; undefined when it names something else, or nothing that is there. */
function backendsOf(
  { destination }: Split,
  from: Provenance,
  context: UnitContext,
  out: TranslationBuilder,
): readonly Split[] | undefined {
  if (destination?.kind !== "VirtualDestination") return undefined;
  const { workspace } = parseResourceKey(from.resource);
  const virtual = context.named("VirtualDestination", workspace, destination.name);
  const backends = virtual === undefined ? [] : context.splitOf(virtual);
  if (backends.length > 0) return backends;
  out.finding({
    ...from,
    code: "DESTINATION_NOT_FOUND",
    reason:
      virtual === undefined
        ? `no virtual destination ${destination.name} that ${workspace} can call`
        : `nothing behind virtual destination ${destination.name} can be called from cluster ${context.cluster}`,
    remedy: "correct the name or its backends; requests sent there fail until then",
  });
  return undefined;
}

/** Entries with what stands for them, the weight of each shared as the weights of these say. */
function spread(entries: readonly (readonly [Split, readonly Split[] | undefined])[]): Split[] {
  const totals = entries.map(([, backends]) => backends?.reduce((sum, { weight }) => sum + weight, 0) || 1);
  const all = totals.reduce((product, total) => product * total, 1);
  return smallest(
    entries.flatMap(([entry, backends], index): Split[] => {
      const share = all / (totals[index] ?? 1);
      if (backends === undefined) return [{ ...entry, weight: entry.weight * share }];
      const { destination: _virtual, weight, ...rest } = entry;
      return backends.map((backend) => ({ ...backend, ...rest, weight: weight * backend.weight * share }));
    }),
  );
}

/** What becomes of the weight and the priority of a backend that has no other to share with, or to rank against. */
export function refineBackends(field: string, { kind, spec }: Resource): Capability | undefined {
  if (kind !== "VirtualDestination") return undefined;
  if (field === "backends.weight" && spec.backends.length === 1)
    return native("nothing is written: there is no other backend to share with");
  return field === "backends.priority" && new Set(spec.backends.map(({ priority }) => priority)).size === 1
    ? native("nothing is written: there is no other priority")
    : undefined;
}
