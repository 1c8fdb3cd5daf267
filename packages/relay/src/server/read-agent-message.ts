import { type BundleReport, bundleReport, type Fact, type FactKey, fact, factKey } from "@heddle/api";
import type { Hello, InventoryDelta } from "../gen/heddle/relay/v1/relay_pb.ts";
import { malformed, type Rejection, readRejection, tooLarge } from "../rejection.ts";
import type { AgentHello, ReceivedInventory } from "./ports.ts";

export function readHello(hello: Hello): AgentHello {
  const { protocolVersion, agentVersion, clusterUid, kubeVersion } = hello;
  return {
    protocolVersion,
    agentVersion,
    clusterUid,
    kubeVersion,
    bundles: hello.bundles.map(({ id, hash }) => ({ id, hash })),
    inventory: hello.inventory
      ? { sequence: Number(hello.inventory.sequence), digest: hello.inventory.digest }
      : undefined,
  };
}

/** Each fact that is not one is rejected alone. */
export function readInventory(delta: InventoryDelta, itemBytes: number): ReceivedInventory {
  const upserts: Fact[] = [];
  const rejected: Rejection[] = delta.rejected.map(readRejection);
  for (const { key, fact: bytes } of delta.upserts) {
    const read = bytes.length > itemBytes ? tooLarge(key, bytes.length, itemBytes) : readFact(key, bytes);
    if ("kind" in read) upserts.push(read);
    else rejected.push(read);
  }
  const deletes = delta.deletes.filter(isFactKey);
  return { sequence: Number(delta.sequence), full: delta.full, upserts, deletes, rejected };
}

/** Reports that are none are left out; `dropped` says how many. */
export function readReports(encoded: readonly Uint8Array[]): {
  readonly reports: readonly BundleReport[];
  readonly dropped: number;
} {
  const reports = encoded.flatMap((bytes) => bundleReport.safeParse(parseJson(bytes)).data ?? []);
  return { reports, dropped: encoded.length - reports.length };
}

function readFact(key: string, bytes: Uint8Array): Fact | Rejection {
  const parsed = fact.safeParse(parseJson(bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return malformed(key, issue ? `${issue.path.join(".")}: ${issue.message}` : "It is not a fact.");
  }
  return factKey(parsed.data) === key
    ? parsed.data
    : malformed(key, `It is the fact ${factKey(parsed.data)}.`);
}

function isFactKey(key: string): key is FactKey {
  return /^(Namespace|Mesh|Workload|Destination|GatewayEndpoint)\/[^/]*\/.+$/.test(key);
}

/** Undefined, which no schema accepts, when it is no JSON. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}
