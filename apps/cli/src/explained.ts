import type { Source } from "./planned.ts";

export interface Lost extends Source {
  readonly value: unknown;
  readonly outcome: string;
  readonly why: string;
}

export interface Field {
  readonly field: string;
  readonly value: unknown;
  readonly from: readonly Source[];
  readonly lost: readonly Lost[];
}

export interface Unheard extends Source {
  readonly outcome: string;
  readonly why: string;
}

/** An explanation as the API gives it. */
export interface Explained {
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  readonly meshes: readonly string[];
  readonly chain: readonly {
    readonly resource: string;
    readonly rank: number | null;
    readonly reason: string;
    readonly before: string | null;
  }[];
  readonly clients: readonly {
    readonly mesh: string;
    readonly clients: Readonly<Record<string, unknown>>;
    readonly rules: readonly {
      readonly name: string;
      readonly from: Source | null;
      readonly match: unknown;
      readonly ports: readonly number[] | null;
      readonly action: unknown;
      readonly fields: readonly Field[];
    }[];
    readonly connection: readonly Field[];
  }[];
  readonly access: readonly {
    readonly resource: string;
    readonly action: string;
    readonly level: string;
    readonly ports: readonly number[] | null;
    readonly from: unknown;
    readonly to: unknown;
    readonly dryRun: boolean;
  }[];
  readonly defaultAccess: Field;
  readonly authentication: readonly Field[];
  readonly unheard: readonly Unheard[];
  readonly objects: readonly string[];
}

export interface ExplainedObject {
  readonly cluster: string;
  readonly object: string;
  readonly value: unknown;
  readonly fields: readonly Field[];
}

export interface Effect {
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  readonly rank: number | null;
  readonly of: number;
  readonly reason: string;
  readonly won: readonly { readonly field: string; readonly value: unknown; readonly path: string }[];
  readonly lost: readonly {
    readonly field: string;
    readonly value: unknown;
    readonly path: string;
    readonly outcome: string;
    readonly why: string;
    readonly to: readonly Source[];
  }[];
  readonly unheard: readonly Unheard[];
  readonly objects: readonly string[];
}

const source = "resource path";
const lost = `lost { ${source} value outcome why }`;
const field = `field value from { ${source} } ${lost}`;
const unheard = `unheard { ${source} outcome why }`;

export const explainedFields = `cluster kind name meshes chain { resource rank reason before }
  clients { mesh clients rules { name from { ${source} } match ports action fields { ${field} } } connection { ${field} } }
  access { resource action level ports from to dryRun } defaultAccess { ${field} } authentication { ${field} } ${unheard} objects`;

export const explainedObjectFields = `cluster object value fields { ${field} }`;

export const effectFields = `cluster kind name rank of reason won { field value path }
  lost { field value path outcome why to { ${source} } } ${unheard} objects`;
