import { createServer } from "node:net";

/** `preferred` if nothing listens there on the loopback interface, otherwise any free port. Another process may still take it. */
export async function freePort(preferred = 0): Promise<number> {
  const port = await bind(preferred);
  return port ?? (await freePort());
}

function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}
