import { parseManifests, type ResourceKey, validateManifest } from "@heddle/api";
import type { Actor } from "../../auth/permissions.ts";
import { inputFindings } from "../../resources/input-findings.ts";
import { caseEngine, withApiVersion } from "./world.ts";

/** An input, and every finding of it as `CODE path: reason`, in any order; without a path, with the resource instead. */
export interface WorldCase {
  readonly title: string;
  /** Manifests in flow style, without apiVersion. */
  readonly input?: string;
  readonly deletes?: readonly ResourceKey[];
  readonly told: readonly string[];
  /** False: before any cluster has told of itself. */
  readonly reported?: boolean;
  /** Who asks; somebody who may list everything unless set. */
  readonly actor?: Actor;
}

const administrator: Actor = { name: "admin", roles: ["admin"], workspaces: [] };

/** What is told of a case's input: codes with their paths and reasons. */
export function findingsOf({ input = "", deletes = [], reported = true, actor = administrator }: WorldCase) {
  const { manifests, findings } = parseManifests([{ file: "case.yaml", text: withApiVersion(input) }]);
  if (findings.some(({ severity }) => severity === "error")) throw new Error(JSON.stringify(findings));
  const engine = caseEngine(reported);
  const read = manifests.map(({ origin: _, ...manifest }) => validateManifest(manifest));
  return inputFindings({ fleet: { engine, resources: engine.world.resources }, actor }, read, deletes).map(
    ({ code, path, reason, resource }) => ({ code, text: `${code} ${path || resource}: ${reason}` }),
  );
}
