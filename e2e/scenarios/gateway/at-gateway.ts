import type { Ask } from "../scene.ts";

/** A request of somebody outside of the mesh to the gateway, for a host. */
export function atGateway(host: string, port = 8088): Ask {
  return { from: "stranger", pod: "entrance", port, headers: { host } };
}
