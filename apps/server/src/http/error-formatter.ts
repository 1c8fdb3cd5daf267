import { StoreError } from "@heddle/store";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ServerError, type ServerErrorCode } from "../server-error.ts";

const unavailable: ReadonlySet<string> = new Set(["DatabaseUnavailable", "CommitUnknown"]);

/** A failure as clients see it: a stable code and a message that says what to do; faults inside stay inside. */
export function formatError(error: GraphQLError | Error): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const place =
    error instanceof GraphQLError
      ? { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) }
      : {};
  const { code, message } = publicFace(original);
  return { message, ...place, extensions: { code } };
}

function publicFace(error: Error): { readonly code: ServerErrorCode; readonly message: string } {
  if (error instanceof ServerError) return { code: error.code, message: error.message };
  if (error instanceof StoreError && unavailable.has(error.code))
    return { code: "UNAVAILABLE", message: "the database does not answer now; try again in a moment" };
  if (error instanceof StoreError && error.code === "CursorInvalid")
    return { code: "BAD_REQUEST", message: error.message };
  // What GraphQL itself says about a request: syntax, unknown fields, depth and cost.
  if (error instanceof GraphQLError) return { code: "BAD_REQUEST", message: error.message };
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  return status < 500
    ? { code: "BAD_REQUEST", message: error.message }
    : { code: "INTERNAL", message: "the request failed inside the server; its log says why" };
}

/** Whether the log should hear of it. */
export function isFault(error: GraphQLError | Error): boolean {
  return (
    publicFace(error instanceof GraphQLError ? (error.originalError ?? error) : error).code === "INTERNAL"
  );
}
