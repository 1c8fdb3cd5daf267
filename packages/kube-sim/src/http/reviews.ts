import { isAllowed, type RoleSource, rulesOf } from "../auth/rbac.ts";
import type { Tokens } from "../auth/tokens.ts";
import type { Attributes, User } from "../auth/user.ts";
import { asObject, asString, type Json, type JsonObject, strings } from "../json/json.ts";
import type { Resource } from "../resources/resource.ts";

type Answer = (spec: JsonObject, asking: User, sources: { roles: RoleSource; tokens: Tokens }) => JsonObject;

const decide = (user: User, spec: JsonObject, roles: RoleSource): JsonObject => ({
  allowed: isAllowed(user, attributes(spec), roles),
});

function attributes(spec: JsonObject): Attributes {
  const path = spec["nonResourceAttributes"];
  if (path !== undefined) {
    const { verb, path: url } = asObject(path);
    return { verb: asString(verb), path: asString(url) };
  }
  const wanted = asObject(spec["resourceAttributes"]);
  return {
    verb: asString(wanted["verb"]),
    group: asString(wanted["group"]),
    resource: asString(wanted["resource"]),
    subresource: asString(wanted["subresource"]),
    namespace: asString(wanted["namespace"]),
    name: asString(wanted["name"]),
  };
}

const shown = (user: User): JsonObject => ({ username: user.name, groups: [...user.groups] });

const ofOther: Answer = (spec, _asking, { roles }) =>
  decide({ name: asString(spec["user"]), groups: strings(spec["groups"]) }, spec, roles);

const answers: Record<string, Answer> = {
  SelfSubjectAccessReview: (spec, asking, { roles }) => decide(asking, spec, roles),
  SubjectAccessReview: ofOther,
  LocalSubjectAccessReview: ofOther,
  SelfSubjectRulesReview: (spec, asking, { roles }) => {
    const rules: Json[] = asking.groups.includes("system:masters")
      ? [
          { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
          { verbs: ["*"], nonResourceURLs: ["*"] },
        ]
      : [...rulesOf(asking, asString(spec["namespace"]), roles)];
    const forPaths = (rule: Json): boolean => asObject(rule)["nonResourceURLs"] !== undefined;
    return {
      incomplete: false,
      resourceRules: rules.filter((rule) => !forPaths(rule)),
      nonResourceRules: rules.filter(forPaths),
    };
  },
  SelfSubjectReview: (_spec, asking) => ({ userInfo: shown(asking) }),
  TokenReview: (spec, _asking, { tokens }) => {
    const user = tokens.find(asString(spec["token"]));
    return user === undefined
      ? { user: {}, error: "invalid bearer token" }
      : { authenticated: true, user: shown(user) };
  },
};

const review = (group: string, kind: string, plural: string, namespaced = false): Resource => ({
  group,
  kind,
  listKind: "",
  plural,
  singular: kind.toLowerCase(),
  namespaced,
  shortNames: [],
  categories: [],
  verbs: ["create"],
  versions: new Map([["v1", { name: "v1", schema: {}, subresources: [], columns: [], selectable: [] }]]),
  storageVersion: "v1",
  custom: false,
  hasGeneration: false,
});

/** Questions that are asked by creating an object; nothing is stored. */
export const reviews: readonly Resource[] = [
  review("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews"),
  review("authentication.k8s.io", "TokenReview", "tokenreviews"),
  review("authorization.k8s.io", "LocalSubjectAccessReview", "localsubjectaccessreviews", true),
  review("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
  review("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews"),
  review("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews"),
];

/** The question with its answer in `status`. */
export function answerReview(
  resource: Resource,
  question: JsonObject,
  asking: User,
  sources: { roles: RoleSource; tokens: Tokens },
): JsonObject {
  const status = answers[resource.kind]?.(asObject(question["spec"]), asking, sources) ?? {};
  return { ...question, kind: resource.kind, apiVersion: `${resource.group}/v1`, metadata: {}, status };
}
