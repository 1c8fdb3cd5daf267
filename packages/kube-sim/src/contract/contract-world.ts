import { randomUUID } from "node:crypto";
import { asArray, asObject, at, isObject, type Json, type JsonObject } from "../json/json.ts";
import type { ContractClient, Reply } from "./contract-client.ts";

/** A name that no other test has used. */
export const unique = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`;

/** A new namespace; its API paths start with the result. */
export async function newNamespace(client: ContractClient): Promise<{ name: string; path: string }> {
  const name = unique("contract");
  await must(client.post("/api/v1/namespaces", { metadata: { name } }));
  return { name, path: `/api/v1/namespaces/${name}` };
}

/** The reply when it is a success; throws with the server's message otherwise. */
export async function must(reply: Promise<Reply>): Promise<Reply> {
  const { code, text } = await reply;
  if (code >= 300) throw new Error(`status ${code}: ${text}`);
  return reply;
}

/** Asks again until the answer satisfies; the test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T>, satisfied: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const configMap = (name: string, data: JsonObject, labels?: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(labels === undefined ? {} : { labels }) },
  data,
});

export const deployment = (name: string, image: string): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image }] },
    },
  },
});

/** Options for a CustomResourceDefinition of kind Loom with its own group. */
export interface LoomOptions {
  readonly spec?: JsonObject;
  /** A status subresource, with any content or of this schema. */
  readonly status?: boolean | JsonObject;
  readonly scope?: "Namespaced" | "Cluster";
  readonly versions?: readonly string[];
  readonly columns?: Json[];
}

/** A definition for `looms` in a group of its own, so that tests do not meet. */
export function loomDefinition(group: string, options: LoomOptions = {}): JsonObject {
  const { spec = { type: "object", "x-kubernetes-preserve-unknown-fields": true }, versions = ["v1"] } =
    options;
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const schema = {
    openAPIV3Schema: {
      type: "object",
      properties: { spec, status: typeof options.status === "object" ? options.status : open },
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `looms.${group}` },
    spec: {
      group,
      scope: options.scope ?? "Namespaced",
      names: { plural: "looms", singular: "loom", kind: "Loom", listKind: "LoomList", shortNames: ["lm"] },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema,
        ...(options.status ? { subresources: { status: {} } } : {}),
        ...(options.columns === undefined ? {} : { additionalPrinterColumns: options.columns }),
      })),
    },
  };
}

export const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** A served kind Loom and a namespace for it. */
export interface Looms {
  readonly group: string;
  readonly apiVersion: string;
  readonly namespace: string;
  /** Path of the collection in the namespace. */
  readonly path: string;
  /** Path of the definition. */
  readonly definition: string;
  /** An object with this spec. */
  loom(name: string, spec: JsonObject): JsonObject;
}

/** Creates a definition and waits until its kind is served. */
export async function newLooms(client: ContractClient, options: LoomOptions = {}): Promise<Looms> {
  const group = `${unique("g")}.heddle.test`;
  const { name: namespace } = await newNamespace(client);
  await must(client.post(definitions, loomDefinition(group, options)));
  const version = options.versions?.[0] ?? "v1";
  const scoped = options.scope === "Cluster" ? "" : `/namespaces/${namespace}`;
  const path = `/apis/${group}/${version}${scoped}/looms`;
  await until(
    () => client.get(path),
    ({ code, body }) => code === 200 && body["kind"] === "LoomList",
  );
  const apiVersion = `${group}/${version}`;
  return {
    group,
    apiVersion,
    namespace,
    path,
    definition: `${definitions}/looms.${group}`,
    loom: (name, spec) => ({ apiVersion, kind: "Loom", metadata: { name }, spec }),
  };
}

/** `resourceVersion` of an object or list. */
export const versionOf = (object: Json | undefined): string =>
  String(at(object, "metadata", "resourceVersion"));

/** Names of the items of a list. */
export const namesOf = (list: JsonObject): string[] =>
  asArray(list["items"]).map((item) => String(at(item, "metadata", "name")));

/** What one manager owns, as `fieldsV1`; undefined when it owns nothing. */
export function fieldsOwnedBy(
  object: JsonObject,
  manager: string,
  operation = "Apply",
): JsonObject | undefined {
  const found = asArray(at(object, "metadata", "managedFields"))
    .filter(isObject)
    .find((entry) => entry["manager"] === manager && entry["operation"] === operation);
  return found === undefined ? undefined : asObject(found["fieldsV1"]);
}

/** Condition of a type, by its status. */
export const conditionOf = (object: JsonObject, type: string): Json | undefined =>
  asArray(at(object, "status", "conditions"))
    .filter(isObject)
    .find((condition) => condition["type"] === type)?.["status"];
