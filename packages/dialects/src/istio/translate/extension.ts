import type { EffectiveExtension, TranslationBuilder, UnitContext } from "@heddle/core";
import { writeLua, writeProcessor } from "./filter-extension.ts";
import type { Scope } from "./scope.ts";
import { writeWasm } from "./wasm.ts";

/** One object for each module, script and processor at the level that its target speaks about: Istio's proxies run those of all levels. */
export function translateExtensions(
  extension: EffectiveExtension | undefined,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const here = ({ level }: { readonly level: Scope["level"] }) => level === scope.level;
  for (const module of extension?.wasm.filter(here) ?? []) writeWasm(module, scope, out);
  for (const script of extension?.lua.filter(here) ?? []) writeLua(script, scope, out);
  for (const processor of extension?.externalProcessing.filter(here) ?? [])
    writeProcessor(processor, scope, context, out);
}
