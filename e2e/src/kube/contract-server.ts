import {
  type ApiConnection,
  connectTo,
  Discovery,
  KubeClient,
  type KubeObject,
  objectPath,
} from "@heddle/kube";
import { startKubeSim } from "@heddle/kube-sim";
import { startCluster } from "../testbed/index.ts";

/** An API server that a contract suite is run on: the real one, or the simulated one. */
export interface ContractServer {
  readonly connection: ApiConnection;
  /** Makes it unreachable; what it holds is kept. */
  stop(): Promise<void>;
  /** Brings it back at the same address. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function realApiServer(): Promise<ContractServer> {
  const cluster = await startCluster({ name: "contract" });
  return {
    connection: connectTo({ server: cluster.url, caPem: cluster.caPem, token: cluster.adminToken }),
    stop: cluster.stopApiServer,
    start: cluster.startApiServer,
    close: cluster.close,
  };
}

export async function simulatedApiServer(): Promise<ContractServer> {
  const simulated = await startKubeSim();
  return {
    connection: connectTo({ server: simulated.url, caPem: simulated.caPem, token: simulated.adminToken }),
    stop: () => simulated.pause("refuse"),
    start: () => simulated.resume(),
    close: () => simulated.close(),
  };
}

/** What people and other controllers do to a cluster, over the same API. */
export class Somebody {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly manager: string;

  constructor(connection: ApiConnection, manager = "somebody") {
    this.client = new KubeClient(connection);
    this.discovery = new Discovery(this.client);
    this.manager = manager;
  }

  async path(object: Pick<KubeObject, "apiVersion" | "kind" | "metadata">): Promise<string> {
    this.discovery.invalidate();
    const resource = await this.discovery.resourceFor(object.apiVersion, object.kind);
    if (!resource) throw new Error(`no kind ${object.kind} of ${object.apiVersion}`);
    return objectPath(resource, object.metadata.namespace, object.metadata.name);
  }

  async create(object: KubeObject): Promise<void> {
    const path = await this.path(object);
    await this.client.request({
      method: "POST",
      path: path.slice(0, path.lastIndexOf("/")),
      query: { fieldManager: this.manager },
      body: JSON.stringify(object),
    });
  }

  /** A merge patch, as `kubectl edit` sends it. */
  async edit(object: KubeObject, patch: object): Promise<void> {
    await this.client.request({
      method: "PATCH",
      path: await this.path(object),
      query: { fieldManager: this.manager },
      contentType: "application/merge-patch+json",
      body: JSON.stringify(patch),
    });
  }

  async delete(object: KubeObject): Promise<void> {
    await this.client.request({ method: "DELETE", path: await this.path(object) });
  }

  /** Undefined when there is no such object. */
  async get(object: Pick<KubeObject, "apiVersion" | "kind" | "metadata">): Promise<KubeObject | undefined> {
    try {
      return (await this.client.request<KubeObject>({ path: await this.path(object) })).body;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "NotFound") return undefined;
      throw error;
    }
  }
}

export function configMap(namespace: string, name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

export function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** A CRD with two served versions that keep whatever they are given. */
export function threadCrd(group: string): KubeObject {
  const schema = {
    openAPIV3Schema: {
      type: "object",
      properties: {
        spec: { type: "object", properties: { color: { type: "string", enum: ["red", "blue"] } } },
      },
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `threads.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind: "Thread", listKind: "ThreadList", plural: "threads", singular: "thread" },
      versions: [
        { name: "v1", served: true, storage: true, schema },
        { name: "v1beta1", served: true, storage: false, schema },
      ],
    },
  };
}
