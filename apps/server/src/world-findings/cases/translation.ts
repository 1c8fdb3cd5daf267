import { resourceKey } from "@heddle/api";
import { planChanges } from "@heddle/core";
import { resourceReport } from "../../status/resource-report.ts";
import { caseEngine, storedResources } from "./world.ts";

/** A resource, and every finding of its translation as `CODE path`, by cluster. */
export interface TranslationCase {
  readonly title: string;
  readonly resource: string;
  readonly told: readonly string[];
}

const policy = (spec: string) => `{ kind: TrafficPolicy, metadata: { name: a }, spec: ${spec} }`;

/** Findings of translation that no golden case can show: they are made where status and plans are. */
export const translationCases: readonly TranslationCase[] = [
  {
    title: "a service that no mesh serves",
    resource: policy(
      "{ targets: [{ name: mainframe, namespace: legacy }], defaults: { timeout: { request: 1s } } }",
    ),
    told: ["plain NO_MESH spec.targets"],
  },
  {
    title: "a field that the mesh cannot say, and the author wants all or nothing",
    resource: policy(
      "{ targets: [{ name: ratings, namespace: shop }], onUnsupported: reject, defaults: { timeout: { idle: 1s } } }",
    ),
    told: ["eu-1 REJECTED_BY_AUTHOR spec.onUnsupported"],
  },
];

/** What the plan and the status of a case tell. */
export function translationFindings({ resource: text }: TranslationCase): { code: string; text: string }[] {
  const resources = storedResources(text);
  const engine = caseEngine(true, resources);
  const reported = resources.flatMap((resource) =>
    resourceReport({ engine }, { get: () => undefined }, resource).flatMap(({ cluster, findings }) =>
      findings.map((told) => ({ ...told, clusters: [cluster] })),
    ),
  );
  const planned = planChanges(
    caseEngine(true),
    resources.map((resource) => ({ kind: "resource", key: resourceKey(resource), resource })),
  );
  const told = [...reported, ...planned.findings].map(({ clusters, code, path }) => ({
    code,
    text: `${clusters.join(", ")} ${code} ${path}`,
  }));
  return [...new Map(told.map((finding) => [finding.text, finding])).values()];
}
