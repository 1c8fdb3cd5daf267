import { createServer, type Server } from "node:http";

/** `/livez` and `/readyz` for the kubelet. Resolves once it listens. */
export async function serveHealth(listen: string, isReady: () => boolean): Promise<Server> {
  const colon = listen.lastIndexOf(":");
  const server = createServer((request, response) => {
    const ok = request.url === "/livez" || (request.url === "/readyz" && isReady());
    const known = request.url === "/livez" || request.url === "/readyz";
    response
      .writeHead(known ? (ok ? 200 : 503) : 404, { "content-type": "text/plain" })
      .end(ok ? "ok\n" : "not ready\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(listen.slice(colon + 1)), listen.slice(0, colon) || "0.0.0.0", resolve);
  });
  return server;
}
