/** What a URL asks for, as the API server's request-info resolver reads it. */
export interface ResourceRequest {
  readonly group: string;
  readonly version: string;
  /** Empty outside namespaces, and for lists over all of them. */
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
}

/** Reads a path under /api or /apis; undefined when it names no resource (discovery and everything else). */
export function readPath(path: string): ResourceRequest | undefined {
  const [root, ...rest] = path
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  if (root !== "api" && root !== "apis") return undefined;
  const group = root === "apis" ? (rest.shift() ?? "") : "";
  const [version = "", ...parts] = rest;
  if (parts.length === 0) return undefined;
  const inNamespace =
    parts[0] === "namespaces" && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? "");
  const namespace = inNamespace ? (parts[1] ?? "") : "";
  const [resource = "", name = "", ...sub] = inNamespace ? parts.slice(2) : parts;
  return { group, version, namespace, resource, name, subresource: sub.join("/") };
}

const namespaceSubresources = new Set(["status", "finalize"]);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The RBAC verb of a request. */
export function verbOf(method: string, hasName: boolean, watch: boolean): string {
  switch (method) {
    case "GET":
    case "HEAD":
      return watch ? "watch" : hasName ? "get" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return hasName ? "delete" : "deletecollection";
    default:
      return method.toLowerCase();
  }
}

export const isTrue = (value: string | null): boolean => value === "true" || value === "1" || value === "";
