import type { AuthorityFiles } from "./istio/shared-authority.ts";

/** What a cluster's part of a mesh over several clusters is given from outside. */
export interface MeshPart {
  readonly meshId: string;
  readonly trustDomain: string;
  readonly authority: AuthorityFiles;
  /** What Istio calls the network that the cluster is in; nothing where all are in one. */
  readonly networkName?: string | undefined;
}
