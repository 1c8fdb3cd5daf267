import type { AgentIdentity } from "@heddle/relay/agent";

/** The type of each field. */
const fields = {
  privateKeyPem: "string",
  certificateChainPem: "string",
  caBundlePem: "string",
  address: "string",
  renewAt: "number",
} as const satisfies Record<keyof AgentIdentity, string>;

export function writeIdentity(value: AgentIdentity): string {
  return JSON.stringify(value);
}

/** Undefined when the text is no identity: the agent then enrols anew. */
export function readIdentity(text: string): AgentIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isIdentity(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is AgentIdentity {
  if (typeof value !== "object" || value === null) return false;
  const given = new Map(Object.entries(value));
  return Object.entries(fields).every(([name, type]) => typeof given.get(name) === type);
}
