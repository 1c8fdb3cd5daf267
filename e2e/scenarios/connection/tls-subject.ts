import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import { outsideTls } from "./outside-tls.ts";

const tls = (name: string) => ({ mode: "simple", sni: "inner.example", subjectAltNames: [name] });

export const tlsSubject: Scenario = {
  title: "a server is called whose certificate has a name of the policy's, and no other",
  proves: ["ConnectionPolicy.tls.subjectAltNames"],
  service: outsideTls,
  wishes: (target) => [
    connection({ targets: [target], tls: tls("trusted.example") }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["shop"], labels: { tier: "edge" } }],
      tls: tls("other.example"),
    }),
  ],
  inForce: async (scene) =>
    (await scene.version({ from: "back" })) === "outside" && (await scene.status({ from: "front" })) === 503,
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ from: "front", tag })).toBe(503);
    expect(await scene.seen(tag)).toEqual([]);
  },
};
