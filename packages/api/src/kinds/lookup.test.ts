import { expect, it } from "vitest";
import { discoveredKinds } from "./discovered.ts";
import { kinds } from "./index.ts";
import { discoveredKindByAlias, kindByAlias, kindByName } from "./lookup.ts";

it("finds a kind by every name it has, without regard to case", () => {
  for (const alias of ["TrafficPolicy", "trafficpolicies", "TP", "trafficPOLICY"])
    expect(kindByAlias(alias)?.kind).toBe("TrafficPolicy");
  expect(kindByName("trafficpolicy")).toBeUndefined();
  expect(kindByName("TrafficPolicy")?.plural).toBe("trafficpolicies");
  expect(discoveredKindByAlias("wl")?.kind).toBe("Workload");
});

it("gives no name to two kinds", () => {
  const names = [...kinds, ...discoveredKinds].flatMap(({ kind, plural, shortNames }) => [
    kind.toLowerCase(),
    plural,
    ...shortNames,
  ]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
