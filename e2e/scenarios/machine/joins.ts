import { expect } from "vitest";
import { machine, type Scenario, traffic } from "../scenario.ts";
import { member, ofMachines } from "./own-service.ts";

export const joins: Scenario = {
  title:
    "a machine that Kubernetes does not know serves a Service by its labels and the name of its port, with mTLS, and with HTTP as the Service says",
  proves: [
    "ExternalWorkload.addresses",
    "ExternalWorkload.labels",
    "ExternalWorkload.ports.name",
    "ExternalWorkload.ports.port",
    "ExternalWorkload.ports.protocol",
    "ExternalWorkload.identity.serviceAccount",
  ],
  service: ofMachines("joins"),
  wishes: (target, addressOf) => [
    machine({
      ...member("joins", addressOf("machine")),
      ports: [{ name: "web", port: 8080, protocol: "TCP" }],
    }),
    traffic({
      targets: [target],
      defaults: { headers: { response: { set: { "x-routed": "yes" } } } },
    }),
  ],
  inForce: (scene) => scene.marked("x-routed", "yes"),
  async check(scene) {
    const { version, headers } = await scene.received();
    expect(version).toBe("metal");
    expect(headers["x-forwarded-client-cert"]).toContain("By=spiffe://cluster.local/ns/shop/sa/machine");
  },
};
