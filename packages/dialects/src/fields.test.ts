import {
  type Kind,
  type KindName,
  kindByName,
  type Resource,
  resourceKey,
  type Source,
  type TrafficPolicySpec,
} from "@heddle/api";
import { canonicalJson, Engine, leavesOf } from "@heddle/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dialects } from "./index.ts";
import { arbitrarySpec, mutations } from "./testing/arbitrary-spec.ts";
import { vocabulary, world, worlds } from "./testing/field-world.ts";
import { changesOf, resourceOf } from "./testing/world-file.ts";

type Ruled = Pick<TrafficPolicySpec, "rules" | "defaults"> & { readonly order?: number };

/** Native fields that do not show in the output, with the reason. */
const unseen: readonly {
  readonly reason: string;
  holds(field: string, path: string, spec: Ruled): boolean;
}[] = [
  {
    reason: "a rule that answers by itself sends nothing on, so nothing can be said about sending",
    holds: (field, path, { rules, defaults, order }) => {
      const own = ruleAt(rules, path);
      const last = rules.findIndex(({ match }) => match === undefined);
      // After its rules a TrafficPolicy still has its target, a route table has nothing.
      const heard = last >= 0 ? rules.slice(0, last + 1) : order !== undefined ? rules : [];
      const others = path.startsWith("spec.defaults.") ? heard : [];
      const answered = others.filter(
        (rule) =>
          rule.redirect !== undefined ||
          rule.directResponse !== undefined ||
          rootOf(field) in rule ||
          ("delegate" in rule && field.startsWith("rewrite")),
      );
      return (
        ["timeout", "retries", "mirror", "rewrite"].includes(rootOf(field)) &&
        ((others.length > 0 && answered.length === others.length) ||
          [defaults?.directResponse, own?.redirect, own?.directResponse].some(
            (answer) => answer !== undefined,
          ))
      );
    },
  },
  {
    reason: "a backend without others gets everything, whatever its weight",
    holds: (field, path, { rules }) => field === "split.weight" && ruleAt(rules, path)?.split?.length === 1,
  },
  {
    reason: "a default that every rule sets for itself, the last of which takes everything, is never used",
    holds: (field, path, { rules }) => {
      const last = rules.findIndex(({ match }) => match === undefined);
      const reached = rules.slice(0, last + 1);
      const decides =
        rootOf(field) === "directResponse" ? ["split", "redirect", "directResponse"] : [rootOf(field)];
      return (
        path.startsWith("spec.defaults.") &&
        last >= 0 &&
        reached.every((rule) => decides.some((name) => name in rule))
      );
    },
  },
  {
    reason: "a table has nothing beside its rules that could take what each of them sets itself",
    holds: (field, path, { rules, order }) =>
      order !== undefined &&
      path.startsWith("spec.defaults.") &&
      rules.every((rule) => rootOf(field) in rule),
  },
  {
    reason: "a table answers by its defaults what none of its rules takes",
    holds: (_field, path, { rules, order }) =>
      order !== undefined &&
      path.startsWith("spec.defaults.directResponse") &&
      rules.some(({ match }) => match === undefined),
  },
  {
    reason: "a rule that switches off what the defaults switch off too can leave it to them",
    holds: (field, path, { rules, defaults = {} }) => {
      const root = rootOf(field);
      const own: Readonly<Record<string, unknown>> = ruleAt(rules, path) ?? {};
      return own[root] === false && (defaults as Readonly<Record<string, unknown>>)[root] === false;
    },
  },
  {
    reason: "a rule that changes nothing about what it matches need not be written",
    holds: (field, path, { rules, defaults = {} }) => {
      const { name: _name, match: _match, ...rest } = ruleAt(rules, path) ?? {};
      return rootOf(field) === "match" && canonicalJson([rest, defaults]).match(/"[^"]*":(?!\{)/) === null;
    },
  },
];

function ruleAt(
  rules: TrafficPolicySpec["rules"],
  path: string,
): TrafficPolicySpec["rules"][number] | undefined {
  const index = /^spec\.rules\[(\d+)\]/.exec(path)?.[1];
  return index === undefined ? undefined : rules[Number(index)];
}

/** Whether all of it is about other clusters and meshes than the world's. */
function isElsewhere({ spec }: Resource, mesh: string): boolean {
  const { sources, selector } = spec as { sources?: readonly Source[]; selector?: Source };
  const placed = sources ?? (selector === undefined ? [] : [selector]);
  return (
    placed.length > 0 &&
    placed.every(
      ({ clusters, meshes }) => clusters?.includes("east") === false || meshes?.includes(mesh) === false,
    )
  );
}

/** Whether nothing is left of a table or gateway that its other fields could be about. */
function leftOutWhole({ kind, spec }: Resource, leftOut: readonly string[]): boolean {
  const list = kind === "RouteTable" ? "rules" : "listeners";
  const entries = (spec as Readonly<Record<string, unknown>>)[list];
  return Array.isArray(entries) && entries.every((_, index) => leftOut.includes(`spec.${list}[${index}]`));
}

/** The spec as far as a field counts in it: defaults are not used by rules that are left out. */
function said(spec: Ruled, path: string, leftOut: readonly string[]): Ruled {
  if (!path.startsWith("spec.defaults.")) return spec;
  return { ...spec, rules: spec.rules.filter((_, index) => !leftOut.includes(`spec.rules[${index}]`)) };
}

function rootOf(field: string): string {
  return field.split(".")[0] ?? "";
}

function outputOf(
  dialect: keyof typeof worlds,
  resource: Resource,
  kind = resource.kind,
): { readonly engine: Engine; readonly text: string } {
  const engine = new Engine(dialects);
  engine.apply([
    ...changesOf(world(worlds[dialect], kind)),
    { kind: "resource", key: resourceKey(resource), resource },
  ]);
  const objects = [...engine.bundles("east")]
    .sort()
    .flatMap(([, { bytes }]) => JSON.parse(new TextDecoder().decode(bytes)) as unknown[]);
  return { engine, text: canonicalJson(objects) };
}

const runs = Number(process.env["HEDDLE_PROPERTY_RUNS"] ?? 60);

/** No field vanishes: whatever an author sets has a verdict, and what is called native changes what the mesh gets. */
describe.each(dialects.map((dialect) => [dialect.name as keyof typeof worlds, dialect] as const))(
  "%s",
  (name, dialect) => {
    test.each(Object.keys(dialect.capabilities) as KindName[])(
      "%s: every field is judged, native fields show",
      (kindName) => {
        const kind = kindByName(kindName);
        if (kind === undefined) throw new Error(`no kind ${kindName}`);
        const words = vocabulary[kindName] ?? [];
        const resource = (spec: Resource["spec"]) =>
          resourceOf({ kind: kindName, name: "it", labels: { part: "a" }, spec }, 9);
        fc.assert(
          fc.property(arbitrarySpec(kind, words), (spec) => {
            const given = resource(spec);
            const { engine, text } = outputOf(name, given);
            const none = resourceOf({ kind: "TrafficPolicy", name: "none", spec: {} }, 9);
            const nothing = outputOf(name, none, kindName).text;
            const [mesh] = engine.world.clusters.get("east")?.meshes.values() ?? [];
            if (mesh === undefined) throw new Error("the world has no mesh");
            const verdicts = engine.verdicts(given, mesh);
            const leaves = [...leavesOf(spec, "spec", "")].filter(
              ({ field, value }) =>
                !["targets", "onUnsupported", "name"].includes(field.split(".")[0] ?? "") &&
                canonicalJson(value) !== "{}",
            );
            expect(verdicts.map(({ path }) => path)).toEqual(
              expect.arrayContaining(leaves.map(({ path }) => path)),
            );
            for (const { how } of verdicts) expect(how).not.toContain("does not translate this field");
            if (engine.keptOut(given, mesh)) return;
            const outcomes = [...engine.unitsOf(resourceKey(given))].map(({ outcome }) => outcome);
            const excused = [
              ...outcomes
                .flatMap((outcome) => outcome.verdicts)
                .filter(({ level, resource: of }) => level !== "native" && of === resourceKey(given)),
              ...outcomes
                .flatMap((outcome) => outcome.findings)
                .filter(({ resource: of }) => of === resourceKey(given)),
            ].map(({ path }) => path);
            const leftOut = outcomes
              .flatMap((outcome) => outcome.verdicts)
              .filter(({ how }) => how.startsWith("left out"))
              .map(({ path }) => path);
            for (const { path, field, level, how } of verdicts) {
              if (level !== "native" || how.startsWith("nothing is written")) continue;
              const leaf = leaves.find((each) => each.path === path);
              // Who says anything of a part also says that it is not disabled.
              if (leaf === undefined || (field.endsWith(".disabled") && leaf.value === false)) continue;
              if (excused.some((at) => path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`)))
                continue;
              if (
                (given.kind === "TrafficPolicy" || given.kind === "RouteTable") &&
                unseen.some(({ holds }) => holds(field, path, said(given.spec, path, leftOut)))
              )
                continue;
              if (text === nothing && (rootOf(field) === "sources" || isElsewhere(given, mesh.name)))
                continue;
              if (
                ["order", "gateways", "hosts", "role", "selector"].includes(rootOf(field)) &&
                leftOutWhole(given, leftOut)
              )
                continue;
              // A hash goes on a ring unless another way is asked for, so asking for the ring shows nowhere.
              if (field === "loadBalancer.algorithm" && canonicalJson(spec).includes('"ringHash"')) continue;
              const steps = stepsOf(path);
              const changed = mutations(kind, spec, steps, words);
              const entries = steps.flatMap((step, at) =>
                typeof step === "number" ? [steps.slice(0, at + 1)] : [],
              );
              const needless = entries
                .flatMap((entry) => withoutEntry(kind, spec, entry) ?? [])
                .some((without) => outputOf(name, resource(without)).text === text);
              if (needless) continue;
              const shows =
                changed.length === 0 ||
                changed.some((other) => outputOf(name, resource(other)).text !== text);
              expect(shows ? "" : `${field} is native (${how}) and shows nowhere`).toBe("");
            }
          }),
          { numRuns: runs },
        );
      },
    );
  },
);

/** The spec without one of several entries of a list: when that changes nothing, another entry says the same already. */
function withoutEntry(
  kind: Kind,
  spec: Resource["spec"],
  path: readonly (string | number)[],
): Resource["spec"] | undefined {
  const list = path
    .slice(0, -1)
    .reduce<unknown>((found, key) => (found as Record<string | number, unknown>)[key], spec);
  return Array.isArray(list) && list.length > 1 ? mutations(kind, spec, path, []).at(-1) : undefined;
}

/** `spec.rules[0].match` as the steps below `spec`. Keys of maps may hold dots. */
function stepsOf(path: string): (string | number)[] {
  return [...path.slice("spec.".length).matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    index === undefined ? (name ?? "") : Number(index),
  );
}
