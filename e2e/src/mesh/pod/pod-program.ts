/**
 * What runs in every pod of a test mesh, as application and as client: `node pod-program.ts VERSION CONTROL_SOCKET PORT…`.
 * A port written `8443=/path` listens for TLS with the key `/path.key` and the certificate `/path.crt`; one written `proxy:8090` takes
 * PROXY headers, `limiter:9010` is a rate-limit service of Envoy, one written `processor:9001` is an external processor of Envoy, and `module:9100:/path` has a module of WebAssembly to fetch.
 *
 * As application it answers with what it got, or with the text TEXT to the path `/says/TEXT`, and does what the request's header `x-app` asks for (`Behaviour`). Asked to CONNECT it is
 * a forward proxy. As client it sends requests that the test asks for over the control socket: a Unix socket is in the file system, so it
 * reaches into the pod's network namespace.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener, request } from "node:http";
import {
  createServer as createTlsServer,
  request as requestByTls,
  type RequestOptions as TlsRequestOptions,
} from "node:https";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { TLSSocket } from "node:tls";
import { serveLimiter } from "./limiter.ts";
import { serveModulePort } from "./module-port.ts";
import type {
  Behaviour,
  ClientAnswer,
  ClientRequest,
  ClientTls,
  ReceivedRequest,
  ServedTls,
} from "./pod-protocol.ts";
import { serveProcessor } from "./processor.ts";
import { serveProxyPort } from "./proxy-port.ts";

const [version = "", socket = "", ...ports] = process.argv.slice(2);
/** Where there are several. */
const cluster = process.env["POD_CLUSTER"];

/** Requests received, by their `x-tag`; mirrored and repeated ones carry the tag of the first. */
const received = new Map<string, ReceivedRequest[]>();

for (const text of ports) {
  const [special, number, file = ""] = text.split(":");
  if (special === "proxy") serveProxyPort(Number(number), version);
  if (special === "limiter") serveLimiter(Number(number));
  if (special === "processor") serveProcessor(Number(number), version, received);
  if (special === "module") serveModulePort(Number(number), file);
  if (number !== undefined) continue;
  const [port, tls] = text.split("=");
  const serve: RequestListener = async (incoming, answer) => {
    const { method = "", url = "", headers } = incoming;
    const body = await textOf(incoming).catch(() => "");
    const tag = String(headers["x-tag"] ?? "");
    const serverName = incoming.socket instanceof TLSSocket ? incoming.socket.servername : undefined;
    const got: ReceivedRequest = {
      ...{ version, port: Number(port), method, path: url, headers: plain(headers) },
      ...(incoming.socket.remoteAddress && { peer: incoming.socket.remoteAddress }),
      ...(cluster && { cluster }),
      ...(serverName && { serverName }),
      ...(body && { body }),
    };
    const earlier = received.get(tag) ?? [];
    if (tag !== "") received.set(tag, [...earlier, got]);
    const { delayMs = 0, failures = 0, status = 503 } = behaviourOf(headers["x-app"]);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const says = url.startsWith("/says/") ? decodeURIComponent(url.slice("/says/".length)) : undefined;
    const fails = earlier.length < failures;
    answer.writeHead(fails ? status : 200, {
      ...{ "content-type": "application/json", "x-version": version },
      ...(cluster && { "x-cluster": cluster }),
    });
    answer.end(says ?? JSON.stringify(got));
  };
  const server = tls
    ? createTlsServer({ key: readFileSync(`${tls}.key`), cert: readFileSync(`${tls}.crt`) }, serve)
    : createServer(serve).on("connect", ({ url = "" }, client, head) => {
        const { hostname, port: to } = new URL(`tcp://${url}`);
        const there = connect(Number(to), hostname, () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          there.write(head);
          client.pipe(there).pipe(client);
        });
        there.on("error", () => client.destroy());
        client.on("error", () => there.destroy());
      });
  server.listen(Number(port), "0.0.0.0");
}

createServer(async (incoming, answer) => {
  let body = "";
  for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
  const result = incoming.url?.startsWith("/seen/")
    ? (received.get(decodeURIComponent(incoming.url.slice("/seen/".length))) ?? [])
    : await sendAll(JSON.parse(body) as ClientRequest);
  answer.end(JSON.stringify(result));
}).listen(socket);

process.stdout.write("ready\n");

function behaviourOf(header: string | string[] | undefined): Behaviour {
  return typeof header === "string" ? (JSON.parse(header) as Behaviour) : {};
}

async function sendAll(wanted: ClientRequest): Promise<ClientAnswer[]> {
  const answers: ClientAnswer[] = [];
  let left = wanted.count;
  await Promise.all(
    Array.from({ length: Math.min(wanted.count, wanted.parallel) }, async () => {
      while (left-- > 0) answers.push(await send(wanted));
    }),
  );
  return answers;
}

/** One request on a connection of its own; an error is the status 0 with its code as the body. */
function send(wanted: ClientRequest): Promise<ClientAnswer> {
  const { address, port, path, method, headers, timeoutMs, tls } = wanted;
  const started = performance.now();
  let served: ServedTls | undefined;
  return new Promise((resolve) => {
    const done = (status: number, answered: IncomingHttpHeaders, body: string) =>
      resolve({
        ...{ status, headers: plain(answered), body, ms: performance.now() - started, at: Date.now() },
        ...(served && { tls: served }),
      });
    const options = { host: address, port, path, method, headers, agent: false, timeout: timeoutMs };
    const call = tls ? requestByTls({ ...options, ...tlsOptions(tls) }) : request(options);
    call.once("response", (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      answer.once("end", () => done(answer.statusCode ?? 0, answer.headers, body));
      answer.once("error", (error) => done(0, {}, String(error)));
    });
    call.once("socket", (socket) => {
      socket.once("secureConnect", () => {
        if (socket instanceof TLSSocket) served = servedBy(socket);
      });
    });
    call.once("timeout", () => call.destroy(new Error("TIMED_OUT")));
    call.once("error", (error) => done(0, {}, codeOf(error)));
    call.end(wanted.body);
  });
}

/** OpenSSL's text changes with its version, the number of an alert (RFC 8446 §6) does not. */
function codeOf(error: Error): string {
  const alert = /SSL alert number (\d+)/.exec(error.message)?.[1];
  if (alert !== undefined) return `TLS_ALERT_${alert}`;
  return "code" in error ? String(error.code) : error.message;
}

function tlsOptions({ serverName, ca, identity, ...offered }: ClientTls): TlsRequestOptions {
  return {
    ...offered,
    servername: serverName,
    ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
    ...(identity && { cert: identity.certificate, key: identity.key }),
  };
}

function servedBy(socket: TLSSocket): ServedTls {
  return {
    subjectAltName: socket.getPeerX509Certificate()?.subjectAltName ?? "",
    version: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
  };
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
