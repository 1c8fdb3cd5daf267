import type { ClientTls } from "../../src/mesh/pod/pod-protocol.ts";
import { gateway } from "../scenario.ts";
import type { Ask } from "../scene.ts";
import { servers } from "./certificates.ts";

/** A request of somebody outside of the mesh to the gateway, for a host. */
export function atGateway(host: string, port = 8088): Ask {
  return { from: "stranger", pod: "entrance", port, headers: { host } };
}

/** The same by TLS, to the port that stands for 443. */
export function byTls(host: string, tls: Partial<ClientTls> = {}): Ask {
  return { ...atGateway(host, 8443), tls: { serverName: host, ca: servers.certificatePem, ...tls } };
}

/** A Gateway for plain HTTP. */
export const plainGateway = gateway({ listeners: [{ name: "http", port: 80, protocol: "HTTP" }] });
