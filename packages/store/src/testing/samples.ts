import type { DestinationFact, Fact } from "@heddle/api";
import { manifestMetadata } from "@heddle/api";
import type { ResourceEdit } from "../resources/resource-edit.ts";

export const author = { author: "ada", message: "test" };

export type PutEdit = Extract<ResourceEdit, { op: "put" }>;

/** An edit that puts a traffic policy; `timeout` makes one spec differ from another. */
export function put(
  name: string,
  timeout = "1s",
  metadata: { labels?: Record<string, string>; resourceVersion?: string } = {},
): PutEdit {
  return {
    op: "put",
    kind: "TrafficPolicy",
    metadata: manifestMetadata.parse({ name, ...metadata }),
    spec: { targets: [], defaults: { timeout: { request: timeout } } },
  };
}

export function remove(name: string, resourceVersion?: string): ResourceEdit {
  return {
    op: "delete",
    kind: "TrafficPolicy",
    workspace: "default",
    name,
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

export function destination(name: string, labels: Record<string, string> = {}): DestinationFact {
  return {
    kind: "Destination",
    namespace: "shop",
    name,
    labels: { app: name, ...labels },
    selector: { app: name },
    ports: [{ name: "http", port: 80, targetPort: 8080, protocol: "TCP" }],
    headless: false,
  };
}

export function destinations(count: number, labels?: Record<string, string>): Fact[] {
  return Array.from({ length: count }, (_, index) => destination(`service-${index}`, labels));
}
