import { type DestinationRef, parseResourceKey, type ResourceKey } from "@heddle/api";
import type { JsonObject, UnitContext } from "@heddle/core";
import { hostOf } from "../identity.ts";
import { speaksHttp2 } from "./protocol-selection.ts";
import type { Scope } from "./scope.ts";

/** A service that proxies ask about requests, by what they know of it. */
export interface AskedService {
  readonly host: string;
  readonly ports: readonly AskedPort[];
}

interface AskedPort {
  readonly port: number;
  /** Whether it speaks HTTP/2, as gRPC does. */
  readonly http2: boolean;
}

/** A cluster that every proxy has and that nothing answers from. */
const NOBODY = "BlackHoleCluster";

/** Envoy's name for a port of a service (pilot/pkg/model, BuildSubsetKey). */
export function clusterName({ host }: AskedService, { port }: AskedPort): string {
  return `outbound|${port}||${host}`;
}

/**
 * Envoy's `envoy_grpc` for a port of a service; without one, what nothing answers from. Envoy would send the cluster's name as
 * `:authority`, which servers refuse that hold to RFC 3986: it has `|` in it.
 */
export function grpcTarget(asked?: { readonly service: AskedService; readonly port: AskedPort }): JsonObject {
  if (asked === undefined) return { cluster_name: NOBODY };
  return { cluster_name: clusterName(asked.service, asked.port), authority: asked.service.host };
}

/** Undefined where there is none of that name; a virtual destination is not one service. */
export function askedService(
  { kind, name, namespace }: DestinationRef,
  resource: ResourceKey,
  scope: Scope,
  context: UnitContext,
): AskedService | undefined {
  if (kind === "Service") {
    const destination = context.destination(namespace ?? scope.namespace, name);
    const ports = destination?.ports.filter(({ protocol }) => protocol === "TCP");
    return (
      destination && {
        host: hostOf(destination, context.mesh),
        ports: (ports ?? []).map((port) => ({ port: port.port, http2: speaksHttp2(port) })),
      }
    );
  }
  if (kind === "VirtualDestination") return undefined;
  const spec = context.named("ExternalService", parseResourceKey(resource).workspace, name)?.spec;
  const host = spec?.hosts.find((candidate) => !candidate.startsWith("*"));
  if (spec === undefined || host === undefined) return undefined;
  return {
    host,
    ports: spec.ports.map(({ port, protocol }) => ({
      port,
      http2: protocol === "GRPC" || protocol === "HTTP2",
    })),
  };
}
