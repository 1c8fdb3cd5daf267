import type { AccessSource, PathSegment } from "@heddle/api";
import { mayListFacts, missingNamespace } from "./missing-inventory.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import { didYouMean, type Told } from "./told.ts";

/** Service accounts, each in any of these namespaces. */
interface AccountUse {
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly path: readonly PathSegment[];
}

/** Service accounts of clients that no workload of any cluster has; or, where that is the reason, their unknown namespaces. */
export function* missingServiceAccounts(resource: Described, surroundings: Surroundings): Iterable<Told> {
  const { names, clustersByNamespace } = surroundings.world;
  if (!surroundings.reported) return;
  for (const { name, namespaces, path } of accountUses(resource)) {
    const existing = namespaces.filter((namespace) => clustersByNamespace.has(namespace));
    if (existing.length === 0) {
      // Namespaces that have a field of their own are judged there.
      const told =
        resource.kind === "AccessPolicy" &&
        missingNamespace({ name: namespaces[0] ?? "", path: "" }, resource, surroundings);
      if (told) yield { ...told, path };
      continue;
    }
    const has = (namespace: string) =>
      names.has("ServiceAccount", name, namespace) || hasExternal(surroundings, namespace, name);
    if (existing.some(has)) continue;
    const known = existing.flatMap((namespace) =>
      mayListFacts(surroundings, "Workload") ? [...names.of("ServiceAccount", namespace)] : [],
    );
    yield {
      code: "SERVICE_ACCOUNT_NOT_FOUND",
      path,
      reason: `no workload in namespace \`${existing.join("`, `")}\` has the service account \`${name}\`${didYouMean(surroundings, name, known)}`,
    };
  }
}

function* accountUses(resource: Described): Iterable<AccountUse> {
  if (resource.kind === "AccessPolicy")
    for (const [index, entry] of (resource.spec.from ?? []).entries()) {
      yield* accountsOf(entry, ["spec", "from", index]);
      yield* accountsOf(entry.not ?? {}, ["spec", "from", index, "not"]);
    }
  else if ("sources" in resource.spec)
    for (const [index, { serviceAccounts, namespaces }] of (resource.spec.sources ?? []).entries())
      for (const [number, name] of (serviceAccounts ?? []).entries())
        yield {
          name,
          namespaces: namespaces ?? [],
          path: ["spec", "sources", index, "serviceAccounts", number],
        };
}

function* accountsOf(
  { serviceAccounts }: Pick<AccessSource, "serviceAccounts">,
  path: readonly PathSegment[],
): Iterable<AccountUse> {
  for (const [index, account] of (serviceAccounts ?? []).entries()) {
    const [namespace = "", name = ""] = account.split("/");
    yield { name, namespaces: [namespace], path: [...path, "serviceAccounts", index] };
  }
}

function hasExternal(surroundings: Surroundings, namespace: string, account: string): boolean {
  for (const one of surroundings.all("ExternalWorkload"))
    if (
      one.kind === "ExternalWorkload" &&
      one.spec.namespace === namespace &&
      "serviceAccount" in one.spec.identity &&
      one.spec.identity.serviceAccount === account
    )
      return true;
  return false;
}
