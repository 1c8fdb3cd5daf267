import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { openCrds } from "../../packages/kube-sim/src/samples/crds.ts";

const golden = join(import.meta.dirname, "../../packages/dialects/golden");

/** Without its kind a simulated cluster would refuse what a real mesh takes, and the demo would show it as a failure. */
it("simulated clusters serve every kind that golden cases say Heddle writes", () => {
  const served = new Set(
    [...openCrds("istio"), ...openCrds("linkerd")].flatMap(({ spec }) => {
      const { group, names, versions } = spec as {
        group: string;
        names: { kind: string };
        versions: { name: string }[];
      };
      return versions.map(({ name }) => `${group}/${name} ${names.kind}`);
    }),
  );
  const written = globSync("*/expected.yaml", { cwd: golden })
    .filter((file) => !file.startsWith("raw-config"))
    .flatMap((file) => {
      const clusters: Record<string, { objects: { apiVersion: string; kind: string }[] }> = parse(
        readFileSync(join(golden, file), "utf8"),
      );
      return Object.values(clusters).flatMap(({ objects }) =>
        objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
      );
    })
    .filter((kind) => kind.includes("."));
  expect(new Set(written).size).toBeGreaterThan(15);
  expect([...new Set(written)].filter((kind) => !served.has(kind))).toEqual([]);
});
