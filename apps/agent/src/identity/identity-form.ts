import type { AgentIdentity } from "@heddle/relay";
import { z } from "zod";

const identity = z.strictObject({
  privateKeyPem: z.string(),
  certificateChainPem: z.string(),
  caBundlePem: z.string(),
  address: z.string(),
  renewAt: z.number(),
});

export function writeIdentity(value: AgentIdentity): string {
  return JSON.stringify(value);
}

/** Undefined when the text is no identity: the agent then enrols anew. */
export function readIdentity(text: string): AgentIdentity | undefined {
  try {
    return identity.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
