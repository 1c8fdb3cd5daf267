import type { CatalogueEntry } from "./entry.ts";

/** Found by looking at one resource alone: its schema, then its kind's own checks. */
export const specFindings = {
  UNKNOWN_FIELD: {
    severity: "error",
    title: "Unknown field",
    explanation:
      "The kind has no such field at this place. Unknown fields are refused, because a misspelt field would silently do nothing.",
    remedy: "remove the field, or correct its name",
  },
  MISSING_FIELD: {
    severity: "error",
    title: "A required field is missing",
    explanation: "The resource means nothing without this field.",
    remedy: "add the field",
  },
  WRONG_TYPE: {
    severity: "error",
    title: "A value of the wrong type",
    explanation:
      "The field holds another type of value: text where a number is meant, a map where a list is.",
    remedy: "write a value of the type the field has",
  },
  INVALID_VALUE: {
    severity: "error",
    title: "A value that is not one of the choices",
    explanation: "The field takes one of a few words.",
    remedy: "write one of the values that the field takes",
  },
  OUT_OF_RANGE: {
    severity: "error",
    title: "Too small, too large, too short or too long",
    explanation: "The value, or the number of entries, is outside of what the field accepts.",
    remedy: "keep within the limits of the field",
  },
  INVALID_FORMAT: {
    severity: "error",
    title: "Text that does not have the form of the field",
    explanation: "Names, durations, hosts, addresses, versions and expressions each have a form.",
    remedy: "correct the text",
  },
  EXCLUSIVE_FIELDS: {
    severity: "error",
    title: "Fields that exclude each other",
    explanation: "At most, or exactly, one of these fields can be set, because each decides the same thing.",
    remedy: "keep one of the fields",
  },
  MISSING_COMPANION: {
    severity: "error",
    title: "A field that needs another one",
    explanation: "The field has no meaning without another field, or where another field has this value.",
    remedy: "set the other field too, or remove this one",
  },
  WORKSPACE_NOT_APPLICABLE: {
    severity: "error",
    title: "The kind belongs to the whole fleet",
    explanation: "Resources of this kind are in no workspace; their metadata.workspace is always `default`.",
    remedy: "remove metadata.workspace",
  },
  EMPTY_POLICY: {
    severity: "error",
    title: "It says nothing",
    explanation: "None of the fields that would have an effect is set.",
    remedy: "set one of them, or remove it",
  },
  EMPTY_CONDITION: {
    severity: "error",
    title: "An empty condition",
    explanation: "An entry without fields matches everything, which is rarely meant.",
    remedy: "say what it matches, or leave the whole list out to match everything",
  },
  DUPLICATE_NAME: {
    severity: "error",
    title: "The same name twice in one list",
    explanation: "Entries are told apart by this field.",
    remedy: "give each entry a name of its own, or merge them",
  },
  DUPLICATE_PORT: {
    severity: "error",
    title: "The same port twice",
    explanation: "Two entries want the same port for different things.",
    remedy: "merge the entries or change a port",
  },
  DUPLICATE_TARGET: {
    severity: "warning",
    title: "The same target twice",
    explanation: "The second entry adds nothing.",
    remedy: "remove one of them",
  },
  TARGET_WITHOUT_NAMESPACE: {
    severity: "error",
    title: "A name without its namespace",
    explanation: "Services and workloads are named within a namespace; a name alone could mean several.",
    remedy: "set namespace beside name, or select by labels",
  },
  UNREACHABLE_RULE: {
    severity: "warning",
    title: "A rule that no request reaches",
    explanation: "An earlier rule of the same resource matches every request that this one does.",
    remedy: "move the narrower rule up, or remove it",
  },
  ZERO_WEIGHT: {
    severity: "error",
    title: "The weights add up to 0",
    explanation: "No backend would get requests.",
    remedy: "give at least one backend a weight above 0",
  },
  WEIGHT_SUM: {
    severity: "error",
    title: "Percentages that do not add up to 100",
    explanation: "Each group of shares is out of 100.",
    remedy: "change the shares so that they add up to 100",
  },
  VALUE_ORDER: {
    severity: "error",
    title: "Two values in the wrong order",
    explanation: "One of the two must be smaller than the other.",
    remedy: "exchange or change the values",
  },
  TIMEOUT_ORDER: {
    severity: "warning",
    title: "A part may take longer than the whole",
    explanation: "The outer timeout ends the request before the inner one can.",
    remedy: "make the inner timeout shorter than the outer one",
  },
  REWRITE_NEEDS_PREFIX: {
    severity: "error",
    title: "A prefix is replaced that was not matched",
    explanation: "Only where every match of the rule has a path prefix is there a prefix to replace.",
    remedy: "match on path.prefix, or use rewrite.path or rewrite.regex",
  },
  DENY_ALL: {
    severity: "warning",
    title: "Everything is denied",
    explanation: "Without from and to the policy denies every request to its targets.",
    remedy: "add from or to, unless that is what you mean",
  },
  INSECURE_SETTING: {
    severity: "warning",
    title: "A setting that weakens security",
    explanation: "The field is allowed, but it gives up a protection that the mesh would give.",
    remedy: "remove the field unless you need it, and say why in an annotation",
  },
  INLINE_SECRET: {
    severity: "error",
    title: "A secret in plain text",
    explanation:
      "Resources are stored with all their generations, shown and exported. Keys, passwords and tokens must not be part of them.",
    remedy: "put it into a Secret, refer to it by secretRef, and replace the secret: it was exposed",
  },
  INVALID_TOPOLOGY: {
    severity: "error",
    title: "The members do not make a mesh",
    explanation: "Roles, control planes and networks of the members contradict each other.",
    remedy: "see the topologies in the reference of VirtualMesh",
  },
} as const satisfies Record<string, CatalogueEntry>;
