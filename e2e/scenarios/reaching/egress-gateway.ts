import { expect } from "vitest";
import { external, gateway, type Scenario } from "../scenario.ts";

const asked = { pod: "web-v1", headers: { host: "outer.example:8080" } };
/** A client's own TLS, to a server whose certificate nobody has signed. */
const passing = { pod: "web-v1", port: 8443, tls: { serverName: "closed.example" } };

export const egressGateway: Scenario = {
  title:
    "calls to an outside host leave by a gateway, which opens TLS for requests and passes on the TLS of clients",
  proves: [
    "ExternalService.viaEgressGateway.gateway",
    "ExternalService.viaEgressGateway.originateTls",
    "Gateway.role",
    "Gateway.listeners.protocol",
  ],
  wishes: (_, addressOf) => [
    gateway({
      role: "egress",
      listeners: [
        { name: "http", port: 80, protocol: "HTTP" },
        { name: "tls", port: 443, protocol: "TLS", tls: { mode: "Passthrough" } },
      ],
    }),
    external({
      hosts: ["outer.example"],
      ports: [{ name: "http", port: 8080, targetPort: 8443, protocol: "HTTP" }],
      resolution: "static",
      endpoints: [{ address: addressOf("stranger") }],
      tls: { mode: "simple", sni: "inner.example", insecureSkipVerify: true },
      viaEgressGateway: { gateway: "egress-gateway-1" },
    }),
    external({
      hosts: ["closed.example"],
      ports: [{ name: "tls", port: 8443, protocol: "TLS" }],
      resolution: "static",
      endpoints: [{ address: addressOf("stranger") }],
      viaEgressGateway: { gateway: "egress-gateway-1" },
    }),
  ],
  async inForce(scene) {
    const [open, passed] = await Promise.all([scene.one(asked), scene.one(passing)]);
    return [open, passed].every(({ body }) => body.includes(`"peer":"${scene.addressOf("exit")}"`));
  },
  async check(scene) {
    expect(await scene.received(asked)).toMatchObject({ port: 8443, serverName: "inner.example" });
    expect(await scene.received(passing)).toMatchObject({ port: 8443, serverName: "closed.example" });
    // From whoever calls it, by the mesh's own mTLS only.
    expect(await scene.received({ ...asked, from: "back" })).toMatchObject({ peer: scene.addressOf("exit") });
    const straight = { from: "stranger", pod: "exit", port: 8088, headers: { host: "outer.example:8080" } };
    expect(await scene.status(straight)).toBe(0);
  },
};
