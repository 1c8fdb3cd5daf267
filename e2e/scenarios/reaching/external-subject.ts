import { expect } from "vitest";
import { external, type Scenario } from "../scenario.ts";

const asked = (host: string) => ({ pod: "web-v1", headers: { host: `${host}:8080` } });

export const externalSubject: Scenario = {
  title: "an outside host is called whose certificate has a name that is said, and no other",
  proves: ["ExternalService.tls.subjectAltNames"],
  wishes: (_, addressOf) =>
    ["trusted.example", "other.example"].map((name) =>
      external({
        hosts: [name === "trusted.example" ? "known.example" : "unknown.example"],
        ports: [{ name: "http", port: 8080, targetPort: 8444, protocol: "HTTP" }],
        resolution: "static",
        endpoints: [{ address: addressOf("stranger") }],
        tls: { mode: "simple", sni: "inner.example", subjectAltNames: [name] },
      }),
    ),
  inForce: async (scene) =>
    (await scene.version(asked("known.example"))) === "outside" &&
    (await scene.status(asked("unknown.example"))) === 503,
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ ...asked("unknown.example"), tag })).toBe(503);
    expect(await scene.seen(tag)).toEqual([]);
  },
};
