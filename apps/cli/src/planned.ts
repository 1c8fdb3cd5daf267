import type { Finding } from "@heddle/api";
import type { StoredManifest } from "./manifest-view.ts";

export interface Source {
  readonly resource: string;
  readonly path: string;
}

interface Told {
  readonly clusters: readonly string[];
}

/** A plan as the API gives it. */
export interface Planned {
  readonly revision: number;
  readonly resources: readonly {
    readonly key: string;
    readonly outcome: string;
    readonly before: StoredManifest | null;
    readonly after: StoredManifest | null;
  }[];
  readonly findings: readonly (Finding & { readonly index: number | null })[];
  readonly summary: {
    readonly create: number;
    readonly change: number;
    readonly delete: number;
    readonly clusters: number;
  };
  readonly objects: readonly (Told & {
    readonly object: string;
    readonly action: "create" | "change" | "delete";
    readonly before: unknown;
    readonly after: unknown;
    readonly because: readonly Source[];
  })[];
  readonly verdicts: readonly (Told &
    Source & { readonly level: string; readonly how: string; readonly was: string | null })[];
  readonly newFindings: readonly (Told &
    Source & { readonly code: string; readonly reason: string; readonly remedy: string })[];
  readonly conflicts: readonly (Told & {
    readonly winner: Source;
    readonly loser: Source;
    readonly at: string | null;
  })[];
  readonly risks: readonly (Told & {
    readonly code: string;
    readonly destinations: readonly string[];
    readonly reason: string;
    readonly clients: readonly string[];
    readonly because: readonly Source[];
  })[];
}

export const plannedFields = `revision resources { key outcome before after }
  findings { code severity path reason remedy resource index } summary { create change delete clusters }
  objects { clusters object action before after because { resource path } } verdicts { clusters resource path level how was }
  newFindings { clusters resource path code reason remedy }
  conflicts { clusters winner { resource path } loser { resource path } at }
  risks { code clusters destinations reason clients because { resource path } }`;

/** Whether applying it would change anything at all, be it only in a resource. */
export function changesAnything({ resources }: Planned): boolean {
  return resources.some(({ outcome }) => outcome !== "unchanged" && outcome !== "absent");
}
