import { StoreError } from "@heddle/store";
import { PothosValidationError } from "@pothos/core";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { httpStatus, ServerError, type ServerErrorCode } from "../server-error.ts";

const unavailable: ReadonlySet<string> = new Set(["DatabaseUnavailable", "CommitUnknown"]);

export interface PublicFace {
  readonly code: ServerErrorCode;
  readonly message: string;
}

/** What clients learn of a failure: a stable code and a message that says what to do; faults inside stay inside. */
export function publicFace(error: unknown): PublicFace {
  if (error instanceof GraphQLError && error.originalError) return publicFace(error.originalError);
  if (error instanceof ServerError) return { code: error.code, message: error.message };
  if (error instanceof StoreError && unavailable.has(error.code))
    return { code: "UNAVAILABLE", message: "the database does not answer now; try again in a moment" };
  if (error instanceof StoreError && error.code === "DatabaseFull")
    return {
      code: "STORAGE_FULL",
      message: "the database's disk is full and nothing was written; make room, then try again",
    };
  if (error instanceof StoreError && error.code === "CursorInvalid")
    return { code: "BAD_REQUEST", message: error.message };
  // What GraphQL itself says about a request (syntax, unknown fields, cost). With a path, but for the cost, it speaks of a result instead.
  if (error instanceof PothosValidationError) return { code: "BAD_REQUEST", message: error.message };
  if (error instanceof GraphQLError && error.path === undefined)
    return { code: "BAD_REQUEST", message: error.message };
  const status = statusCode(error);
  if (error instanceof Error && status !== undefined && status < 500)
    return { code: "BAD_REQUEST", message: error.message };
  return { code: "INTERNAL", message: "the request failed inside the server; its log says why" };
}

/** An error of a GraphQL response, with `extensions.code`. */
export function formatError(error: unknown): GraphQLFormattedError {
  const { code, message } = publicFace(error);
  const { locations, path } = error instanceof GraphQLError ? error : {};
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code } };
}

/** The status of an answer that is not a GraphQL result, e.g. 413 for a body that is too large. */
export function statusOf(error: unknown): number {
  const { code } = publicFace(error);
  return code === "BAD_REQUEST" ? (statusCode(error) ?? httpStatus(code)) : httpStatus(code);
}

/** Whether the log should hear of it. */
export function isFault(error: unknown): boolean {
  return publicFace(error).code === "INTERNAL";
}

function statusCode(error: unknown): number | undefined {
  const code = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  return typeof code === "number" && code >= 400 ? code : undefined;
}
