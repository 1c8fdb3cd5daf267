/** Who makes a request. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** What a request wants to do, as RBAC sees it. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}
export type Attributes = ResourceAttributes | PathAttributes;
