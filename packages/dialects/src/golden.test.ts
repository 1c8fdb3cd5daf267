import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseObjectRef } from "@heddle/api";
import { Engine, type VerdictLevel } from "@heddle/core";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { dialects } from "./index.ts";
import { changesOf } from "./testing/world-file.ts";

/**
 * One folder a case: `world.yaml` in, `expected.yaml` out (objects, verdicts that are not native, findings, conflicts, by cluster).
 * `UPDATE_GOLDEN=1` rewrites the expectations; the difference is reviewed like code.
 */
const root = join(import.meta.dirname, "../golden");

describe("golden", () => {
  for (const name of readdirSync(root).sort())
    it(name, () => {
      const folder = join(root, name);
      const actual = stringify(outcome(readFileSync(join(folder, "world.yaml"), "utf8")), {
        lineWidth: 0,
        aliasDuplicateObjects: false,
      });
      const file = join(folder, "expected.yaml");
      if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, actual);
      expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1 and review it`).toBe(true);
      expect(actual).toBe(readFileSync(file, "utf8"));
      expect(actual, "every object names the resources it comes from").not.toContain(
        'heddle.io/resources: ""',
      );
    });
});

interface ClusterOutcome {
  objects: unknown[];
  verdicts?: Record<string, string>;
  findings?: string[];
  conflicts?: string[];
}

function outcome(world: string): Record<string, ClusterOutcome> {
  const engine = new Engine(dialects);
  engine.apply(changesOf(world));
  const clusters: Record<string, ClusterOutcome> = {};
  for (const [name, { meshes }] of [...engine.world.clusters].sort()) {
    const objects = [...engine.bundles(name).values()].flatMap(
      (bundle) => JSON.parse(new TextDecoder().decode(bundle.bytes)) as unknown[],
    );
    const verdicts: Record<string, string> = {};
    const say = (key: string, level: VerdictLevel, how: string) => {
      if (level !== "native") verdicts[key] = `${level}: ${how}`;
    };
    const [findings, conflicts] = [new Set<string>(), new Set<string>()];
    for (const [key, resource] of engine.world.resources) {
      for (const mesh of meshes.values())
        for (const { path, level, how } of engine.verdicts(resource, mesh)) say(`${key} ${path}`, level, how);
      for (const { unit, outcome: told } of engine.unitsOf(key)) {
        if (unit.cluster !== name) continue;
        for (const { resource: of, path, level, how } of told.verdicts) say(`${of} ${path}`, level, how);
        for (const { code, reason } of told.findings) findings.add(`${code}: ${reason}`);
        for (const { winner, loser } of told.conflicts)
          conflicts.add(`${loser.resource} ${loser.path} loses to ${winner.resource} ${winner.path}`);
      }
    }
    for (const { ref, conflicts: told } of engine.output(name)?.objects.values() ?? [])
      for (const { path, winner, loser } of told)
        conflicts.add(
          `${`${parseObjectRef(ref).kind} ${path}`.trimEnd()}: ${loser[0]?.resource} loses to ${winner[0]?.resource}`,
        );
    clusters[name] = {
      objects,
      ...(Object.keys(verdicts).length > 0 && { verdicts }),
      ...(findings.size > 0 && { findings: [...findings].sort() }),
      ...(conflicts.size > 0 && { conflicts: [...conflicts].sort() }),
    };
  }
  return clusters;
}
