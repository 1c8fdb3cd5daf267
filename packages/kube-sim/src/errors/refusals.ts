import { type StatusCause, StatusError } from "./status-error.ts";

/** A resource and object as errors name it. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

const qualified = (of: Named): string => (of.group === "" ? of.plural : `${of.plural}.${of.group}`);

export const badRequest = (message: string): StatusError => new StatusError(400, "BadRequest", message);

/** The path leads to no API resource. */
export const noSuchPath = (): StatusError =>
  new StatusError(404, "NotFound", "the server could not find the requested resource");

export const notFound = (of: Named, name: string): StatusError =>
  new StatusError(404, "NotFound", `${qualified(of)} "${name}" not found`, {
    name,
    group: of.group,
    kind: of.plural,
  });

export const alreadyExists = (of: Named, name: string): StatusError =>
  new StatusError(409, "AlreadyExists", `${qualified(of)} "${name}" already exists`, {
    name,
    group: of.group,
    kind: of.plural,
  });

export const conflict = (of: Named, name: string, why: string): StatusError =>
  new StatusError(409, "Conflict", `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`, {
    name,
    group: of.group,
    kind: of.plural,
  });

export const modified = (of: Named, name: string): StatusError =>
  conflict(
    of,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );

/** An object that fails validation: one cause a field. */
export function invalid(of: Named, name: string, causes: readonly StatusCause[]): StatusError {
  const text = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = text.length === 1 ? text[0] : `[${text.join(", ")}]`;
  const kind = of.group === "" ? of.kind : `${of.kind}.${of.group}`;
  return new StatusError(422, "Invalid", `${kind} "${name}" is invalid: ${list}`, {
    name,
    group: of.group,
    kind: of.kind,
    causes,
  });
}

export const forbidden = (
  of: Named,
  name: string,
  why: string,
  causes: readonly StatusCause[] = [],
): StatusError =>
  new StatusError(
    403,
    "Forbidden",
    `${qualified(of)} ${name === "" ? "" : `"${name}" `}is forbidden: ${why}`,
    {
      name,
      group: of.group,
      kind: of.plural,
      causes,
    },
  );

export const unauthorized = (): StatusError => new StatusError(401, "Unauthorized", "Unauthorized");

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

/** A body in a form that is not read; `accepted` is the list that the message gives, where it gives one. */
export const unsupportedMediaType = (accepted: readonly string[] = []): StatusError =>
  new StatusError(
    415,
    "UnsupportedMediaType",
    accepted.length === 0
      ? "415: Unsupported Media Type"
      : `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

export const notAcceptable = (): StatusError =>
  new StatusError(
    406,
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/json;stream=watch",
  );

export const expired = (message: string): StatusError => new StatusError(410, "Expired", message);
