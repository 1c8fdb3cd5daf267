import { expect } from "vitest";
import { external, type Scenario, virtual } from "../scenario.ts";

const asked = (host: string) => ({ pod: "stranger", headers: { host: `${host}:8080` } });

const [clients, owner] = ["exported-1", "exported-2"];

export const exported: Scenario = {
  title:
    "an outside host and a virtual destination are known in the workspaces that they are exported to, and not elsewhere",
  proves: ["ExternalService.exportTo", "VirtualDestination.exportTo"],
  wishes: (target, addressOf) => [
    { kind: "Workspace", spec: { owns: [{ namespaces: ["office"] }] } },
    { kind: "Workspace", spec: { owns: [{ namespaces: [target.namespace] }] } },
    {
      ...external({
        hosts: ["far.exported"],
        ports: [{ name: "http", port: 8080, protocol: "HTTP" }],
        resolution: "static",
        endpoints: [{ address: addressOf("web-v2") }],
        exportTo: [clients],
      }),
      workspace: owner,
    },
    {
      ...virtual({
        hosts: ["near.exported"],
        ports: [{ port: 8080, protocol: "HTTP" }],
        backends: [{ selector: target }],
        exportTo: [clients],
      }),
      workspace: owner,
    },
  ],
  inForce: async (scene) =>
    (await scene.version({ ...asked("far.exported"), from: "back" })) === "v2" &&
    (await scene.version({ ...asked("near.exported"), from: "back" })) === "v1",
  async check(scene) {
    expect(await scene.version(asked("far.exported"))).toBe("outside");
    expect(await scene.version(asked("near.exported"))).toBe("outside");
  },
};
