import { parseResourceKey, type Split } from "@heddle/api";
import type { EffectiveConnection, Provenance, TranslationBuilder, UnitContext } from "@heddle/core";
import { type Subset, subsetOf } from "../../subsets.ts";
import { hostOf } from "../identity.ts";
import { type Called, writeSubset } from "./connection.ts";
import { calledHosts } from "./external.ts";
import type { ToDestination } from "./route.ts";
import { type Hop, hopTo } from "./via-gateway.ts";

/** Label by which Istio knows the cluster of an endpoint. */
const clusterLabel = "topology.istio.io/cluster";

/** A host that requests are sent to, and what its DestinationRules hang on. */
export interface Backend {
  readonly called: Called;
  /** Bundle of its own objects. */
  readonly home: string;
  readonly connection: EffectiveConnection | undefined;
  /** Where its requests go instead, on their way out. */
  readonly via?: Hop | undefined;
}

/** Whose routes they are: what backends mean that do not say all. */
export interface Origin {
  /** What is called, where it has endpoints of its own. */
  readonly itself: Backend | undefined;
  readonly namespace: string;
  /** Whether they bring in calls from outside: these may lead only to what the routes' workspace may call. */
  readonly exposes: boolean;
}

/** What sends requests to backends, for the resources that routes come from. */
export function toDestination(
  origin: Origin,
  context: UnitContext,
  out: TranslationBuilder,
  from: readonly Provenance[],
): ToDestination {
  return (backend) => {
    const via = backend.destination === undefined ? origin.itself?.via : undefined;
    if (via !== undefined) return hopTo(via);
    const { called, home, connection } = resolve(backend, origin, context, out, from);
    const subset = withCluster(subsetOf(backend), backend.cluster);
    if (subset !== undefined) writeSubset(called, subset, connection, context, from, out, home);
    return {
      host: called.host,
      ...(subset && { subset: subset.name }),
      ...(backend.port !== undefined && { port: { number: backend.port } }),
    };
  };
}

/** The host that a backend means: a Service's, or the first of an external service's. */
function resolve(
  { destination, port, cluster }: Pick<Split, "destination" | "port" | "cluster">,
  { itself, namespace: near, exposes }: Origin,
  context: UnitContext,
  out: TranslationBuilder,
  [from]: readonly Provenance[],
): Backend {
  if (destination === undefined) return itself ?? nowhere(near, "none");
  const { kind, name, namespace = near } = destination;
  const workspace = parseResourceKey(from?.resource ?? "//").workspace;
  const tell = (code: string, reason: string, remedy: string) => {
    if (from) out.finding({ ...from, code, reason, remedy });
  };
  if (kind === "ExternalService") {
    const service = context.named("ExternalService", workspace, name);
    const [external] =
      service === undefined ? [] : calledHosts(service, context.mesh, context.namespacesOf(service));
    if (service === undefined || external === undefined) {
      tell("DESTINATION_NOT_FOUND", `no external service ${name} that ${workspace} can call`, missing);
      return nowhere(near, name);
    }
    const { metadata } = service;
    const home = `external/${metadata.workspace}/${metadata.name}`;
    return { called: external, home, connection: undefined };
  }
  if (kind === "VirtualDestination") return nowhere(namespace, name);
  // Of a Service in another cluster the mesh knows by itself.
  const fact = context.destination(namespace, name);
  if (fact === undefined && cluster === undefined) {
    const where = `in namespace ${namespace} of cluster ${context.cluster}`;
    tell("DESTINATION_NOT_FOUND", `no service ${name} ${where}`, missing);
  } else if (fact && exposes && !context.mayCall(workspace, fact)) {
    const reason = `workspace ${workspace} may not call ${namespace}/${name}; requests there fail`;
    tell("WORKSPACE_NOT_ALLOWED", reason, "ask the workspace that owns it for an export, and import it");
    return nowhere(namespace, name);
  } else if (fact && exposes && port === undefined && fact.ports.length > 1) {
    const ports = fact.ports.map((declared) => declared.port).join(", ");
    tell(
      "PORT_NOT_FOUND",
      `${namespace}/${name} has several ports; requests fail`,
      `set port to one of ${ports}`,
    );
  }
  const called = { namespace, name, host: hostOf({ namespace, name }, context.mesh) };
  return {
    called,
    home: `destination/${namespace}/${name}`,
    connection: context.connection(namespace, name),
  };
}

const missing = "correct the name, or create it; requests sent there fail until it exists";

/** A host that no proxy knows: what is sent there fails. */
function nowhere(namespace: string, name: string): Backend {
  const called = { namespace, name, host: `${name}.invalid` };
  return { called, home: `destination/${namespace}/${name}`, connection: undefined };
}

function withCluster(subset: Subset | undefined, cluster: string | undefined): Subset | undefined {
  if (cluster === undefined) return subset;
  return {
    name: subset === undefined ? `cluster-${cluster}` : `${subset.name}-cluster-${cluster}`,
    labels: { ...subset?.labels, [clusterLabel]: cluster },
  };
}
