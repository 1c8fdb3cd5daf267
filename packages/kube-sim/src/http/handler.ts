import type { IncomingMessage, ServerResponse } from "node:http";
import { denial, isAllowed } from "../auth/rbac.ts";
import type { User } from "../auth/user.ts";
import { forbidden, methodNotAllowed, noSuchPath } from "../errors/refusals.ts";
import { StatusError } from "../errors/status-error.ts";
import type { FaultSubject, Faults } from "../faults.ts";
import { asObject } from "../json/json.ts";
import type { Served } from "../resources/registry.ts";
import { selectedName } from "../store/selectors.ts";
import { send, sendError, sendText } from "./answer.ts";
import { authenticate } from "./authenticate.ts";
import { discovery, serverVersion } from "./discovery.ts";
import type { Gate } from "./gate.ts";
import { negotiate, type Wanted } from "./negotiate.ts";
import { OpenApi } from "./openapi.ts";
import { readCall } from "./read-call.ts";
import { readBody, type Sources } from "./request.ts";
import { isTrue, type ResourceRequest, readPath, verbOf } from "./request-info.ts";
import { handleResource } from "./resource-handler.ts";
import { answerReview, reviews } from "./reviews.ts";
import type { Watches } from "./watch.ts";

export interface Surroundings extends Sources {
  readonly faults: Faults;
  readonly watches: Watches;
  readonly gate: Gate;
  /** Ends a connection with a TCP reset. */
  reset(incoming: IncomingMessage): void;
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly url: URL;
}

/** The request handler of a simulated API server: authenticate, authorise, strike faults, answer. */
export function createHandler(
  server: Surroundings,
): (incoming: IncomingMessage, response: ServerResponse) => void {
  const openApi = new OpenApi(server.cluster.registry);
  return (incoming, response) => {
    const method = incoming.method === "HEAD" ? "GET" : (incoming.method ?? "GET");
    const url = new URL(incoming.url ?? "/", "https://kube-sim");
    handle(server, openApi, { incoming, response, method, url }).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof StatusError) sendError(response, error);
      else sendError(response, new StatusError(500, "InternalError", `Internal error occurred: ${error}`));
    });
  };
}

async function handle(server: Surroundings, openApi: OpenApi, exchange: Exchange): Promise<void> {
  await server.gate.pass();
  const { incoming, method, url } = exchange;
  const user = authenticate(server, incoming);
  const path = readPath(url.pathname);
  if (path === undefined) return handlePath(server, openApi, exchange, user);
  const watching = method === "GET" && url.searchParams.has("watch") && isTrue(url.searchParams.get("watch"));
  const name = path.name || (selectedName(url.searchParams.get("fieldSelector") ?? "") ?? "");
  const verb = verbOf(method, path.name !== "", watching);
  const { group, resource, subresource, namespace } = path;
  const attributes = { verb, group, resource, subresource, namespace: namespaceOf(path), name };
  if (!isAllowed(user, attributes, server.roles)) {
    throw forbidden({ group, plural: resource, kind: "" }, name, denial(user, attributes));
  }
  const subject: FaultSubject = {
    verb,
    resource: subresource === "" ? resource : `${resource}/${subresource}`,
    namespace,
    name: path.name,
    user: user.name,
  };
  if (await strike(server, subject, exchange)) return;
  return handleResourcePath(server, exchange, { path, user, subject, watching });
}

/** A request about a namespace itself counts as one in it. */
const namespaceOf = ({ resource, namespace, name }: ResourceRequest): string =>
  resource === "namespaces" ? name : namespace;

/** Carries out the fault for a request, if there is one; true when that was the answer. */
async function strike(
  server: Surroundings,
  subject: FaultSubject,
  { response, incoming }: Exchange,
): Promise<boolean> {
  const fault = server.faults.strike(subject);
  if (fault === undefined) return false;
  if (fault === "reset") {
    server.reset(incoming);
    return true;
  }
  if (fault === "hang") return true;
  if ("delayMs" in fault) {
    await new Promise<void>((resolve) => setTimeout(resolve, fault.delayMs));
    return false;
  }
  const { status, reason = "", retryAfter, message = `injected fault ${status}` } = fault;
  const target = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  sendError(response, new StatusError(status, reason, message, target));
  return true;
}

const healthPaths = new Set(["/healthz", "/livez", "/readyz"]);

async function handlePath(
  server: Surroundings,
  openApi: OpenApi,
  exchange: Exchange,
  user: User,
): Promise<void> {
  const { incoming, response, method, url } = exchange;
  const path = url.pathname.replace(/(.)\/$/, "$1");
  const attributes = { verb: method.toLowerCase(), path: url.pathname };
  if (!isAllowed(user, attributes, server.roles)) {
    const message = `forbidden: User "${user.name}" cannot ${attributes.verb} path "${url.pathname}"`;
    throw new StatusError(403, "Forbidden", message);
  }
  if (healthPaths.has(path)) return sendText(response, 200, "ok");
  if (path === "/version") return send(response, { code: 200, body: serverVersion });
  const wanted = negotiate(incoming.headers.accept?.replaceAll(/application\/[^,]*protobuf[^,]*,?/g, ""));
  if (path.startsWith("/openapi/v3")) {
    const document = openApi.document(path);
    if (document !== undefined) return send(response, { code: 200, body: null, json: document });
  }
  const aggregated = wanted.as === "APIGroupDiscoveryList" && wanted.version === "v2";
  const body = discovery(server.cluster.registry, path, aggregated);
  if (body === undefined) return sendText(response, 404, "404 page not found\n");
  const top = path === "/api" || path === "/apis";
  const media =
    aggregated && top
      ? { media: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" }
      : {};
  return send(response, { code: 200, body, ...media });
}

interface Target {
  readonly path: ResourceRequest;
  readonly user: User;
  readonly subject: FaultSubject;
  readonly watching: boolean;
}

async function handleResourcePath(server: Surroundings, exchange: Exchange, target: Target): Promise<void> {
  const { incoming, response, method, url } = exchange;
  const { path, user, subject, watching } = target;
  const query = url.searchParams;
  const review = reviews.find((item) => item.group === path.group && item.plural === path.resource);
  const [version] = review?.versions.values() ?? [];
  const served: Served | undefined =
    review !== undefined && version !== undefined
      ? { resource: review, version }
      : server.cluster.registry.find(path.group, path.version, path.resource);
  if (served === undefined) {
    if (discovery(server.cluster.registry, groupPath(path), false) === undefined) {
      return sendText(response, 404, "404 page not found\n");
    }
    throw noSuchPath();
  }
  // A namespaced object is never found at the cluster scope, and the other way round.
  const misplaced = served.resource.namespaced
    ? path.namespace === "" && path.name !== ""
    : path.namespace !== "";
  if (misplaced) throw noSuchPath();
  const wanted = negotiate(incoming.headers.accept);
  const call = readCall(served, { path, user, query, incoming });
  if (review !== undefined) {
    if (method !== "POST") throw methodNotAllowed();
    const { value } = await readBody({ call, method, query, wanted, incoming });
    return send(response, { code: 201, body: answerReview(review, asObject(value), user, server) });
  }
  if (watching) return server.watches.start({ call, query, wanted: watchForm(wanted), subject }, response);
  const answer = await handleResource(server, { call, method, query, wanted, incoming });
  send(response, answer, call.warnings);
}

const watchForm = (wanted: Wanted): Wanted => ({ ...wanted, media: "application/json" });

const groupPath = ({ group, version }: ResourceRequest): string =>
  group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
