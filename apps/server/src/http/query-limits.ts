import { type DocumentNode, visit } from "graphql";
import { ServerError } from "../server-error.ts";

/**
 * What a document may have, before anything looks at it closely: validation compares fields pairwise, so its cost grows with their square.
 * Depth and cost by type are judged afterwards, see the schema's `limits`.
 */
export const queryLimits = { characters: 65_536, tokens: 8_192, fields: 1_000, aliases: 50 } as const;

/**
 * GraphQL would take an object in place of the text for a document that is parsed already, and no limit of texts would hold for it.
 *
 * @throws ServerError BAD_REQUEST
 */
export function demandText(contentType: string | undefined, body: unknown): void {
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : undefined;
  if (typeof query !== "string" || !/^application\/json\b/i.test(contentType ?? ""))
    throw new ServerError(
      "BAD_REQUEST",
      'a request is application/json, one object with a text `query`: {"query": "{ … }"}',
    );
}

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
