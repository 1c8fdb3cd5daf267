import type { Kind, KindNames } from "../define-kind.ts";
import { type DiscoveredKind, discoveredKinds } from "./discovered.ts";
import { type KindName, kinds } from "./index.ts";

const byName: ReadonlyMap<string, Kind<KindName>> = new Map(kinds.map((kind) => [kind.kind, kind]));
const byAlias: ReadonlyMap<string, Kind<KindName>> = aliases(kinds);
const discovered: ReadonlyMap<string, DiscoveredKind> = aliases(discoveredKinds);

function aliases<K extends KindNames>(list: readonly K[]): ReadonlyMap<string, K> {
  return new Map(
    list.flatMap((kind) =>
      [kind.kind, kind.plural, ...kind.shortNames].map((alias) => [alias.toLowerCase(), kind] as const),
    ),
  );
}

/** The kind of exactly this name, as manifests write it. */
export function kindByName(name: string): Kind<KindName> | undefined {
  return byName.get(name);
}

/** The kind by its name, plural or a short name, without regard to case: what people type. */
export function kindByAlias(alias: string): Kind<KindName> | undefined {
  return byAlias.get(alias.toLowerCase());
}

/** The same for the kinds that discovery finds. */
export function discoveredKindByAlias(alias: string): DiscoveredKind | undefined {
  return discovered.get(alias.toLowerCase());
}
