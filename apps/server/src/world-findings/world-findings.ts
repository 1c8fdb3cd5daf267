import { type Finding, finding, type Manifest, resourceKey } from "@heddle/api";
import { emptyClusterLabels } from "./empty-cluster-labels.ts";
import { emptySelections } from "./empty-selections.ts";
import { foreignTargets } from "./foreign-targets.ts";
import { missingInCluster } from "./missing-in-cluster.ts";
import { missingPorts } from "./missing-ports.ts";
import { missingReferences } from "./missing-references.ts";
import { missingListeners } from "./missing-resources.ts";
import { missingServiceAccounts } from "./missing-service-accounts.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Judge } from "./told.ts";
import { unownedNamespaces } from "./unowned-namespaces.ts";

const judges: readonly Judge[] = [
  missingReferences,
  missingListeners,
  foreignTargets,
  missingInCluster,
  emptySelections,
  emptyClusterLabels,
  missingPorts,
  missingServiceAccounts,
  unownedNamespaces,
];

/**
 * What a resource names or selects that is not there, or not for it. Warnings, since all of it may come later: a policy may be applied
 * before the service that it is about. What only discovery can know is not judged while no cluster has reported.
 */
export function* worldFindings(manifest: Manifest, surroundings: Surroundings): Iterable<Finding> {
  const resource = resourceKey(manifest);
  for (const judge of judges)
    for (const { code, path, reason } of judge(manifest, surroundings))
      yield finding(code, { path, reason, resource });
}
