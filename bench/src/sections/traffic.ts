import { measurePropagation, meshAvailability } from "@heddle/e2e";
import { spread } from "../spread.ts";
import type { Section } from "./section.ts";

const changes = 30;

/** (i) From `apply` until a request through real sidecars meets the change, split into Heddle's part and Istio's. */
export const traffic: Section = async ({ say }) => {
  const { available, reason } = await meshAvailability();
  if (!available) {
    say(`left out: ${reason}`);
    return [];
  }
  const times = await measurePropagation(changes);
  const row = (what: string, values: readonly number[]) => {
    const figures = spread(values);
    say(`${what}: p50 ${figures["p50 ms"]} ms, p99 ${figures["p99 ms"]} ms`);
    return { section: "traffic", what, runs: changes, figures };
  };
  return [
    {
      ...row(
        "apply → object in the API server (Heddle)",
        times.map(({ object }) => object),
      ),
      target: { figure: "p99 ms", most: 100 },
    },
    row(
      "object → first request by it (Istio)",
      times.map(({ object, request }) => request - object),
    ),
    row(
      "apply → first request by it",
      times.map(({ request }) => request),
    ),
  ];
};
