import type { ExtensionPolicySpec, ResourceOf } from "@heddle/api";
import type { Sourced } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";

export type WasmModule = NonNullable<ExtensionPolicySpec["wasm"]>[number];
export type LuaScript = NonNullable<ExtensionPolicySpec["lua"]>[number];
export type ExternalProcessor = NonNullable<ExtensionPolicySpec["externalProcessing"]>[number];

/** One module, script or processor as it bears on a unit. */
export interface LevelledExtension<T> extends Sourced<T> {
  /** The policy that says it: its names are its own, so those of two policies never meet. */
  readonly policy: { readonly name: string; readonly workspace: string };
  /** The level its target speaks about; a mesh with inheritance writes it once at that level. */
  readonly level: TargetLevel;
  /** Only these ports of the target. */
  readonly ports: readonly number[] | undefined;
}

/** By resource key and in the policy's own order, so that the order is the same however the list was made. */
export interface EffectiveExtension {
  readonly wasm: readonly LevelledExtension<WasmModule>[];
  readonly lua: readonly LevelledExtension<LuaScript>[];
  readonly externalProcessing: readonly LevelledExtension<ExternalProcessor>[];
}

/**
 * Code in the path of requests, of all policies together: none replaces another, also where two use one name. Counts only from the
 * workspace that owns the target, or from the administrator's: such code sees and changes everything.
 */
export function effectiveExtension(
  bearings: readonly Bearing<ResourceOf<"ExtensionPolicy">>[],
): EffectiveExtension | undefined {
  const counting = bearings
    .filter((bearing) => bearing.standing === "owner")
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (counting.length === 0) return undefined;
  const levelled = <T>(
    field: keyof EffectiveExtension,
    of: (spec: ExtensionPolicySpec) => readonly T[] | undefined,
  ): LevelledExtension<T>[] =>
    counting.flatMap(({ policy, key, level, ports }) =>
      (of(policy.spec) ?? []).map((value, index) => ({
        value,
        from: { resource: key, path: `spec.${field}[${index}]` },
        policy: { name: policy.metadata.name, workspace: policy.metadata.workspace },
        level,
        ports,
      })),
    );
  return {
    wasm: levelled("wasm", ({ wasm }) => wasm),
    lua: levelled("lua", ({ lua }) => lua),
    externalProcessing: levelled("externalProcessing", ({ externalProcessing }) => externalProcessing),
  };
}
