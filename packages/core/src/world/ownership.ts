import type { ResourceKey } from "@heddle/api";
import { defaultWorkspace } from "@heddle/api";
import type { Labels } from "../selecting/labels.ts";

/**
 * How a workspace stands to something in a namespace (SEMANTICS, "Who may speak about what"): `owner` may say everything, `consumer` may
 * shape its own clients' traffic, `none` may say nothing.
 */
export type Standing = "owner" | "consumer" | "none";

/** What a workspace may be allowed to see; a whole namespace has no name and no labels. */
export interface Subject {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}

/** Answers which workspace owns which namespace of which cluster, and who may see what. */
export interface Ownership {
  owner(cluster: string, namespace: string): string;
  /** Whether a workspace may write into a namespace: its owner's and the administrator's may. */
  owns(workspace: string, cluster: string, namespace: string): boolean;
  standing(workspace: string, cluster: string, subject: Subject): Standing;
  /** Namespaces of a cluster that a workspace owns, sorted. */
  namespacesOf(workspace: string, cluster: string): readonly string[];
}

/** Resources of the administrator's workspace count everywhere, security included. */
export const administratorWorkspace = defaultWorkspace;

export function workspaceOf(key: ResourceKey): string {
  return key.split("/")[1] ?? defaultWorkspace;
}
