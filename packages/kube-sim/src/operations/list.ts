import { badRequest, expired } from "../errors/refusals.ts";
import { StatusError } from "../errors/status-error.ts";
import { isObject } from "../json/json.ts";
import { namespaceOf } from "../json/kube-object.ts";
import { both, type Match, parseFieldSelector, parseLabelSelector } from "../store/selectors.ts";
import type { Entry } from "../store/store.ts";
import type { Call } from "./call.ts";
import type { Cluster } from "./cluster.ts";

/** One page of a list. */
export interface Page {
  readonly entries: readonly Entry[];
  /** The revision that the list shows. */
  readonly revision: number;
  readonly next: string | undefined;
  /** How many follow after this page; unknown (as on the real server) where a selector filters. */
  readonly remaining: number | undefined;
}

/** The condition that a list or watch puts on objects; undefined when all match. */
export function selectionOf(call: Call, query: URLSearchParams): Match | undefined {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "", call.version.selectable);
  const { namespace, name } = call;
  const inNamespace: Match | undefined =
    namespace === "" || !call.resource.namespaced ? undefined : (object) => namespaceOf(object) === namespace;
  const withName: Match | undefined = name === "" ? undefined : (object) => object.metadata["name"] === name;
  return both(both(inNamespace, withName), both(labels, fields));
}

/**
 * Lists a collection. Pages after the first show the revision of the first: a token that is older than the changes
 * kept is refused with 410.
 */
export function list(cluster: Cluster, call: Call, query: URLSearchParams): Page {
  const { store } = cluster;
  const matches = selectionOf(call, query);
  const token = query.get("continue") ?? "";
  const limit = Number(query.get("limit") ?? 0);
  const from = token === "" ? undefined : readToken(token);
  const revision = from?.revision ?? revisionAsked(query, store.revision);
  const table = store.table(call.resource);
  const everything = revision === store.revision ? table.sorted() : table.sortedAt(revision);
  if (everything === undefined) throw tooOld(token !== "");
  const selected = matches === undefined ? everything : everything.filter((entry) => matches(entry.object));
  const start = from === undefined ? 0 : selected.findIndex((entry) => entry.key > from.after);
  const rest = start <= 0 ? (start < 0 ? [] : selected) : selected.slice(start);
  if (limit <= 0 || rest.length <= limit)
    return { entries: rest, revision, next: undefined, remaining: undefined };
  const entries = rest.slice(0, limit);
  const after = entries.at(-1)?.key ?? "";
  const filtered = query.has("labelSelector") || query.has("fieldSelector");
  return {
    entries,
    revision,
    next: writeToken({ revision, after }),
    remaining: filtered ? undefined : rest.length - limit,
  };
}

function revisionAsked(query: URLSearchParams, current: number): number {
  const asked = query.get("resourceVersion") ?? "";
  if (asked === "" || asked === "0") return current;
  if (!/^\d+$/.test(asked)) throw badRequest(`Invalid value: "${asked}": resourceVersion is not a number`);
  checkNotAhead(Number(asked), current);
  return query.get("resourceVersionMatch") === "Exact" ? Number(asked) : current;
}

/** A revision that the server has not reached yet: clients wait and try again. */
export function checkNotAhead(asked: number, current: number): void {
  if (asked <= current) return;
  throw new StatusError(
    504,
    "Timeout",
    `Timeout: Too large resource version: ${asked}, current: ${current}`,
    {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "" }],
      retryAfterSeconds: 1,
    },
  );
}

const tooOld = (continued: boolean): StatusError =>
  expired(
    continued
      ? "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter."
      : "The resourceVersion for the provided list is too old.",
  );

interface Token {
  readonly revision: number;
  readonly after: string;
}

/** The tokens look like the real ones: base64 of `{v, rv, start}`. */
function writeToken({ revision, after }: Token): string {
  const start = `${after}\u0000`;
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start })).toString("base64url");
}

function readToken(token: string): Token {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    value = undefined;
  }
  if (!isObject(value) || typeof value["rv"] !== "number" || typeof value["start"] !== "string") {
    throw badRequest("invalid continue token: continue key is not valid");
  }
  return { revision: value["rv"], after: value["start"].replace("\u0000", "") };
}
