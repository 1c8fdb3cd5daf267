import type { Case } from "./case.ts";

export const fleetCases: readonly Case[] = [
  ["a cluster with nothing set", "Cluster", "{}"],
  ["a zone without its region", "Cluster", "{zone: a}", "MISSING_COMPANION spec.zone"],
  [
    "a certificate that lives too long",
    "Cluster",
    "{agent: {certificateTTL: 2000h}}",
    "OUT_OF_RANGE spec.agent.certificateTTL",
  ],
  ["a password as label", "Cluster", "{labels: {password: hunter2}}", "INLINE_SECRET spec.labels.password"],
  [
    "a workspace that owns everything by accident",
    "Workspace",
    "{owns: [{}]}",
    "EMPTY_CONDITION spec.owns[0]",
  ],
  ["a workspace that owns everything on purpose", "Workspace", '{owns: [{namespaces: ["*"]}]}'],
  ["a workspace that owns nothing", "Workspace", "{owns: []}", "OUT_OF_RANGE spec.owns"],
  [
    "one workspace imported twice",
    "Workspace",
    "{owns: [{namespaces: [a]}], imports: [{workspace: b}, {workspace: b}]}",
    "DUPLICATE_NAME spec.imports[1].workspace",
  ],
  [
    "an export by name and labels",
    "Workspace",
    "{owns: [{namespaces: [a]}], exports: [{workspaces: [b], resources: [{name: x, labels: {a: b}}]}]}",
    "EXCLUSIVE_FIELDS spec.exports[0].resources[0].labels",
  ],
  [
    "a role with a verb that there is not",
    "Role",
    "{rules: [{verbs: [aply], kinds: [Cluster], workspaces: [a]}]}",
    "INVALID_VALUE spec.rules[0].verbs[0]",
  ],
  [
    "a role for a kind that there is not",
    "Role",
    '{rules: [{verbs: [get], kinds: ["*"], workspaces: [a]}, {verbs: [get], kinds: [Token, Workload, Polcy], workspaces: [a]}]}',
    "UNKNOWN_KIND spec.rules[1].kinds[2]",
  ],
  [
    "a verb twice",
    "Role",
    "{rules: [{verbs: [get, get], kinds: [Cluster], workspaces: [a]}]}",
    "DUPLICATE_NAME spec.rules[0].verbs[1]",
  ],
  [
    "everything and more",
    "Role",
    '{rules: [{verbs: [get, "*"], kinds: [Cluster], workspaces: [a]}]}',
    "EXCLUSIVE_FIELDS spec.rules[0].verbs",
  ],
  [
    "enrolling by name",
    "Role",
    "{rules: [{verbs: [enroll], kinds: [Cluster], workspaces: [default], names: [a]}]}",
    "MISSING_COMPANION spec.rules[0].names",
  ],
  [
    "a subject twice",
    "RoleBinding",
    "{role: r, subjects: [{kind: User, name: a}, {kind: Group, name: a}, {kind: User, name: a}]}",
    "DUPLICATE_NAME spec.subjects[2]",
  ],
  [
    "an end that is not a date",
    "RoleBinding",
    "{role: r, subjects: [{kind: User, name: a}], expires: tomorrow}",
    "INVALID_FORMAT spec.expires",
  ],
];
