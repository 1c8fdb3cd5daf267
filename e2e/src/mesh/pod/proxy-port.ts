import { createServer } from "node:net";
import type { ProxyHeader, ReceivedRequest } from "./pod-protocol.ts";

/**
 * A port that answers the first request of each connection with the PROXY header before it, if there was one.
 * (haproxy.org/download/3.2/doc/proxy-protocol.txt)
 */
export function serveProxyPort(port: number, version: string): void {
  createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (!got.includes("\r\n\r\n", headerLength(got))) return;
      const proxy = headerOf(got);
      const told: ReceivedRequest = {
        ...{ version, port, method: "", path: "", headers: {} },
        ...(proxy && { proxy }),
      };
      const body = JSON.stringify(told);
      socket.end(
        `HTTP/1.1 200 OK\r\nx-version: ${version}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
  }).listen(port, "0.0.0.0");
}

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** Version 2 is binary: 12 bytes of signature, version and command, family, 2 bytes of length, addresses and ports. */
function headerLength(got: Buffer): number {
  return got.length >= 16 && got.subarray(0, 12).equals(signature) ? 16 + got.readUInt16BE(14) : 0;
}

function headerOf(got: Buffer): ProxyHeader | undefined {
  if (headerLength(got) > 0) {
    const address = (at: number, port: number) =>
      `${[...got.subarray(at, at + 4)].join(".")}:${got.readUInt16BE(port)}`;
    return { version: 2, source: address(16, 24), destination: address(20, 26) };
  }
  const [, from, to, fromPort, toPort] = /^PROXY TCP4 (\S+) (\S+) (\d+) (\d+)\r\n/.exec(got.toString()) ?? [];
  if (from === undefined) return undefined;
  return { version: 1, source: `${from}:${fromPort}`, destination: `${to}:${toPort}` };
}
