import type { ResourceOf } from "@heddle/api";
import type { BoundRole } from "./permissions.ts";

/** What RoleBindings give to an API token of this name at the instant `now` (ms). Bindings that ended give nothing. */
export function boundRoles(
  bindings: Iterable<ResourceOf<"RoleBinding">>,
  token: string,
  now: number,
): BoundRole[] {
  return [...bindings].flatMap(({ spec: { role, subjects, workspaces, expires } }) =>
    subjects.some(({ kind, name }) => kind === "Token" && name === token) &&
    (expires === undefined || Date.parse(expires) > now)
      ? [{ role, ...(workspaces && { workspaces }) }]
      : [],
  );
}
