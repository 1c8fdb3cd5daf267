import { describe, expect, it } from "vitest";
import { type ClusterCounts, type ObservedCondition, programmedCondition, transition } from "./conditions.ts";

const accepted: ObservedCondition = {
  type: "Accepted",
  status: "True",
  reason: "Accepted",
  message: "",
  observedGeneration: 1,
};
const pending: ObservedCondition = {
  type: "Programmed",
  status: "Unknown",
  reason: "Pending",
  message: "",
  observedGeneration: 1,
};

describe("transition", () => {
  it("keeps the time while the status stays, whatever else changes", () => {
    const first = transition([], [pending, accepted], "2026-01-01T00:00:00Z");
    expect(first.map(({ type }) => type)).toEqual(["Accepted", "Programmed"]);
    const second = transition(
      first,
      [
        { ...accepted, observedGeneration: 2, message: "again" },
        { ...pending, status: "False", reason: "Failed" },
      ],
      "2026-01-02T00:00:00Z",
    );
    expect(second).toEqual([
      { ...accepted, observedGeneration: 2, message: "again", lastTransitionTime: "2026-01-01T00:00:00Z" },
      { ...pending, status: "False", reason: "Failed", lastTransitionTime: "2026-01-02T00:00:00Z" },
    ]);
  });

  it("leaves what was not observed", () => {
    const first = transition([], [accepted], "2026-01-01T00:00:00Z");
    expect(transition(first, [], "2026-01-02T00:00:00Z")).toEqual(first);
  });
});

describe("programmedCondition", () => {
  const none: ClusterCounts = {
    total: 0,
    programmed: 0,
    partiallyProgrammed: 0,
    pending: 0,
    overridden: 0,
    failed: 0,
  };
  it.each([
    ["no cluster", {}, "Unknown", "Pending"],
    ["all", { total: 2, programmed: 2 }, "True", "Programmed"],
    ["none yet", { total: 2, pending: 2 }, "Unknown", "Pending"],
    ["all failed", { total: 2, failed: 2 }, "False", "Failed"],
    ["all overridden", { total: 2, overridden: 2 }, "False", "Overridden"],
    ["some", { total: 3, programmed: 1, failed: 1, pending: 1 }, "False", "PartiallyProgrammed"],
    ["all a little", { total: 2, partiallyProgrammed: 2 }, "False", "PartiallyProgrammed"],
  ] as const)("%s", (_title, counts, status, reason) => {
    expect(programmedCondition({ ...none, ...counts }, 3)).toMatchObject({
      status,
      reason,
      observedGeneration: 3,
    });
  });
});
