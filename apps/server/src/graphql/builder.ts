import SchemaBuilder, { type ObjectRef } from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import { ServerError } from "../server-error.ts";
import type { ApiContext } from "./context.ts";

/** Fields weigh 1, lists count for 20 items; one operation may not ask for more than this. */
export const limits = { complexity: 50_000, depth: 12, breadth: 200 } as const;

export interface Types {
  Context: ApiContext;
  Scalars: {
    JSON: { Input: unknown; Output: unknown };
    Revision: { Input: number; Output: number };
  };
  DefaultFieldNullability: false;
}

export const builder = new SchemaBuilder<Types>({
  plugins: [ComplexityPlugin],
  defaultFieldNullability: false,
  complexity: { defaultComplexity: 1, defaultListMultiplier: 20, limit: limits },
});

builder.scalarType("JSON", {
  description: "Any JSON value.",
  serialize: (value) => value,
  parseValue: (value) => value,
});
builder.scalarType("Revision", {
  description: "The number of a change: a whole number that only grows and may exceed 32 bits.",
  serialize: (value) => value,
  parseValue(value) {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new ServerError("BAD_REQUEST", `${String(value)} is not a revision: give a whole number`);
  },
});

builder.queryType({ description: "Everything that can be read." });
builder.mutationType({ description: "Everything that can be changed." });
builder.subscriptionType({ description: "What changes, as it happens." });

/** A page of a list: `next`, given as `after`, continues it; null on the last page. */
export function pageType<T extends object>(
  name: string,
  item: ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<Types>, T, T>,
) {
  return builder.objectRef<{ readonly items: readonly T[]; readonly next: string | null }>(name).implement({
    description: `A page of ${name.replace(/Page$/, "")} items.`,
    fields: (t) => ({
      items: t.field({
        type: [item],
        description: "At most as many as `limit` says.",
        resolve: ({ items }) => [...items],
      }),
      next: t.exposeString("next", {
        nullable: true,
        description: "Give it as `after` to go on; null on the last page.",
      }),
    }),
  });
}
