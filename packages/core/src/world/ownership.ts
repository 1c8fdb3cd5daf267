import type { ResourceKey } from "@heddle/api";
import { defaultWorkspace } from "@heddle/api";

/**
 * How a workspace stands to a namespace (SEMANTICS, "Who may speak about what"):
 * `owner` may say everything, `consumer` may shape its own clients' traffic, `none` may say nothing.
 */
export type Standing = "owner" | "consumer" | "none";

/** Answers which workspace owns which namespace of which cluster. */
export interface Ownership {
  owner(cluster: string, namespace: string): string;
  standing(workspace: string, cluster: string, namespace: string): Standing;
}

/** Resources of the administrator's workspace count everywhere, security included. */
export const administratorWorkspace = defaultWorkspace;

export function workspaceOf(key: ResourceKey): string {
  return key.split("/")[1] ?? defaultWorkspace;
}
