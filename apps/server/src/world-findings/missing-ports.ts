import type { PathSegment } from "@heddle/api";
import { backendsOf, type Named, namedBy, namedTargets } from "./backends.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import type { Told } from "./told.ts";
import { usableResource } from "./usable-resource.ts";

/** A port that is said of what is named. */
interface PortUse {
  readonly of: readonly Named[];
  readonly port: number;
  readonly path: readonly PathSegment[];
}

/** Ports that what is named serves nowhere, with those that it has. A port that one of several serves is no mistake. */
export function* missingPorts(resource: Described, surroundings: Surroundings): Iterable<Told> {
  for (const { of, port, path } of portUses(resource)) {
    const others = of.map((named) => portsInstead(port, portsOf(named, resource, surroundings)));
    const [first] = others;
    if (first === undefined || others.includes(undefined)) continue;
    yield {
      code: "PORT_NOT_FOUND",
      path,
      reason: `${whatIs(of[0])} has no port ${port}; it has ${first.join(", ")}`,
    };
  }
}

function* portUses(resource: Described): Iterable<PortUse> {
  const targets = "targets" in resource.spec ? resource.spec.targets : [];
  for (const [index, { kind, name, namespace, ports }] of targets.entries())
    if (name !== undefined)
      yield* uses([{ kind, name, namespace }], ports, ["spec", "targets", index, "ports"]);
  for (const { destinations, port, path } of backendsOf(resource))
    if (port !== undefined) yield { of: destinations, port, path: [...path, "port"] };
  switch (resource.kind) {
    case "TrafficPolicy":
      for (const [index, { match }] of resource.spec.rules.entries())
        for (const [number, { port }] of (match ?? []).entries())
          if (port !== undefined)
            yield {
              of: namedTargets(resource),
              port,
              path: ["spec", "rules", index, "match", number, "port"],
            };
      return;
    case "AccessPolicy":
      for (const [index, { ports, not }] of (resource.spec.to ?? []).entries()) {
        yield* uses(namedTargets(resource), ports, ["spec", "to", index, "ports"]);
        yield* uses(namedTargets(resource), not?.ports, ["spec", "to", index, "not", "ports"]);
      }
      return;
    case "EgressPolicy":
      for (const [index, { destination, ports }] of (resource.spec.reachable ?? []).entries())
        if (destination !== undefined)
          yield* uses(namedBy(destination, resource), ports, ["spec", "reachable", index, "ports"]);
      return;
    case "VirtualDestination":
      for (const [index, { selector, port }] of resource.spec.backends.entries())
        if (selector.name !== undefined && port !== undefined)
          yield {
            of: [{ kind: selector.kind, name: selector.name, namespace: selector.namespace }],
            port,
            path: ["spec", "backends", index, "port"],
          };
      return;
    default:
      return;
  }
}

function* uses(
  of: readonly Named[],
  ports: readonly number[] | undefined,
  path: readonly PathSegment[],
): Iterable<PortUse> {
  for (const [index, port] of (ports ?? []).entries()) yield { of, port, path: [...path, index] };
}

interface Port {
  readonly port: number;
  readonly name?: string;
}

/** The ports that there are where this one is not, as text; undefined where it is, and where none is known. */
function portsInstead(wanted: number, ports: Iterable<Port>): readonly string[] | undefined {
  const known = new Map<number, string>();
  for (const { port, name } of ports) {
    if (port === wanted) return undefined;
    known.set(port, name === undefined ? String(port) : `${port} (${name})`);
  }
  if (known.size === 0) return undefined;
  return [...known].sort(([a], [b]) => a - b).map(([, text]) => text);
}

/** Of a Service in every cluster. None of what is not there, which is told otherwise, and of workloads, which may listen on more than they declare. */
function* portsOf(
  { kind, name, namespace = "" }: Named,
  { metadata }: Described,
  surroundings: Surroundings,
): Iterable<Port> {
  if (kind === "Service") {
    const key = `${namespace}/${name}`;
    const { clusters, clustersByDestination } = surroundings.world;
    for (const cluster of clustersByDestination.get(key))
      yield* clusters.get(cluster)?.destinations.get(key)?.ports ?? [];
  } else if (kind === "ExternalService" || kind === "VirtualDestination") {
    const resource = usableResource(surroundings, kind, name, metadata.workspace);
    if (resource?.kind === "ExternalService" || resource?.kind === "VirtualDestination")
      yield* resource.spec.ports;
  }
}

function whatIs(thing: Named | undefined): string {
  const { kind = "", name = "", namespace } = thing ?? {};
  return namespace === undefined
    ? `${kind} \`${name}\``
    : `${kind.toLowerCase()} \`${name}\` in namespace \`${namespace}\``;
}
