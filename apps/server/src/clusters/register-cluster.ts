import { createToken, encodeToken, tokenHash } from "@heddle/relay";
import { clusterResourceKey } from "../fleet/cluster-facts.ts";
import type { ApiContext } from "../graphql/context.ts";
import { applyManifests } from "../resources/edit-resources.ts";
import { ServerError } from "../server-error.ts";

export interface Registration {
  /** For the agent, once. */
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/**
 * Describes a cluster by its resource (kept as it is without a `spec`) and makes a token for its agent, good for `ttlSeconds` between a
 * minute and a week. @throws ServerError BAD_REQUEST for a name or spec that is none
 */
export async function registerCluster(
  context: ApiContext,
  request: { readonly name: string; readonly spec: unknown; readonly ttlSeconds: number },
): Promise<Registration> {
  const { fleet, store, actor, authority, relayAddress } = context;
  const { name, spec, ttlSeconds } = request;
  if (spec !== undefined || !fleet.resources.has(clusterResourceKey(name))) {
    const manifest = {
      apiVersion: "heddle.io/v1alpha1",
      kind: "Cluster",
      metadata: { name },
      spec: spec ?? {},
    };
    // Who may enrol a cluster may describe it; `applyManifests` would ask for the right to apply.
    const { findings } = await applyManifests(context, [manifest], {
      dryRun: false,
      message: "cluster register",
      verb: "enroll",
    });
    const error = findings.find(({ severity }) => severity === "error");
    if (error) throw new ServerError("BAD_REQUEST", `${error.path}: ${error.reason}; ${error.remedy}`);
  }
  const token = createToken({ address: relayAddress, pin: authority.pin });
  const ttlMs = Math.min(Math.max(ttlSeconds, 60), 7 * 86_400) * 1000;
  const { expiresAt } = await store.enrolment.createToken(name, tokenHash(token.secret), ttlMs);
  await store.audit.append({
    actor: actor.name,
    action: "cluster.register",
    target: name,
    detail: { expiresAt },
  });
  return { token: encodeToken(token), expiresAt };
}
