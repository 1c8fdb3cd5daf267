import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";

/** A script that adds its letter to what scripts before it left in a header. */
const append = (letter: string) =>
  `function envoy_on_request(handle)
     local before = handle:headers():get("x-order") or ""
     handle:headers():replace("x-order", before .. "${letter}")
   end`;

export const scriptOrder: Scenario = {
  title: "scripts run by phase and then by priority, at the port that is named only",
  proves: [
    "ExtensionPolicy.lua.name",
    "ExtensionPolicy.lua.code",
    "ExtensionPolicy.lua.phase",
    "ExtensionPolicy.lua.priority",
    "ExtensionPolicy.lua.ports",
  ],
  wishes: (target) => [
    extension({
      targets: [target],
      lua: [
        { name: "d", code: append("d"), ports: [8080] },
        { name: "b", code: append("b"), phase: "first", ports: [8080] },
        { name: "c", code: append("c"), priority: 5, ports: [8080] },
        { name: "a", code: append("a"), phase: "first", priority: 5, ports: [8080] },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.received()).headers["x-order"] === "abcd",
  async check(scene) {
    expect((await scene.received({ port: 8081 })).headers).not.toHaveProperty("x-order");
  },
};
