import { type DocumentNode, visit } from "graphql";
import { ServerError } from "../server-error.ts";

/**
 * What a document may have, before anything looks at it closely: validation compares fields pairwise, so its cost grows with their square.
 * Depth and cost by type are judged afterwards, see the schema's `limits`.
 */
export const queryLimits = { characters: 65_536, tokens: 8_192, fields: 1_000, aliases: 50 } as const;

/** @throws ServerError BAD_REQUEST */
export function demandShort(source: string): void {
  if (source.length > queryLimits.characters)
    throw new ServerError(
      "BAD_REQUEST",
      `the query has over ${queryLimits.characters} characters: give values as variables`,
    );
}

/** @throws ServerError BAD_REQUEST */
export function demandSmall(document: DocumentNode): void {
  let fields = 0;
  let aliases = 0;
  let introspections = 0;
  visit(document, {
    Field({ name, alias }) {
      fields++;
      if (alias !== undefined) aliases++;
      if (name.value === "__schema" || name.value === "__type") introspections++;
    },
  });
  if (fields > queryLimits.fields)
    throw new ServerError(
      "BAD_REQUEST",
      `the query has ${fields} fields; ${queryLimits.fields} are the most`,
    );
  if (aliases > queryLimits.aliases)
    throw new ServerError(
      "BAD_REQUEST",
      `the query has ${aliases} aliases; ${queryLimits.aliases} are the most`,
    );
  if (introspections > 1) throw new ServerError("BAD_REQUEST", "ask for the schema once in a query");
}
