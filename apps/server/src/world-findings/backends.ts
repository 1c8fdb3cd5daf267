import type { DestinationRef, PathSegment } from "@heddle/api";
import { namespacesOfTargets } from "./missing-inventory.ts";
import type { Described } from "./surroundings.ts";

/** Something that has ports, by its name. */
export interface Named {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** Where requests of a rule go: what is named, or the targets of the policy, and what is said of it. */
export interface Backend {
  /** The things of which each may be meant; empty when that cannot be told. */
  readonly destinations: readonly Named[];
  readonly cluster?: string;
  readonly port?: number;
  readonly path: readonly PathSegment[];
}

/** Every backend of a resource's rules, mirrors too. */
export function backendsOf(resource: Described): Backend[] {
  if (resource.kind !== "TrafficPolicy" && resource.kind !== "RouteTable") return [];
  const { rules, defaults } = resource.spec;
  const lists = [
    ...rules.flatMap(({ split, mirror }, index) => [
      { list: split, path: ["spec", "rules", index, "split"] },
      { list: mirror, path: ["spec", "rules", index, "mirror"] },
    ]),
    { list: defaults?.mirror, path: ["spec", "defaults", "mirror"] },
  ];
  return lists.flatMap(({ list, path }) =>
    (list || []).map(({ destination, cluster, port }, index) => ({
      destinations: destination === undefined ? namedTargets(resource) : namedBy(destination, resource),
      ...(cluster !== undefined && { cluster }),
      ...(port !== undefined && { port }),
      path: [...path, index],
    })),
  );
}

/** The targets of a policy; empty when one of them selects otherwise than by name. */
export function namedTargets(resource: Described): Named[] {
  const targets = "targets" in resource.spec ? resource.spec.targets : [];
  const named = targets.flatMap(({ kind, name, namespace }) =>
    name === undefined ? [] : { kind, name, namespace },
  );
  return named.length === targets.length ? named : [];
}

/** What a reference to a destination means; without a namespace it is looked for beside each target. */
export function namedBy({ kind, name, namespace }: DestinationRef, resource: Described): Named[] {
  if (kind !== "Service") return [{ kind, name }];
  const namespaces = namespace === undefined ? namespacesOfTargets(resource) : [namespace];
  return namespaces.map((one) => ({ kind, name, namespace: one }));
}
