import { z } from "zod";
import type { Kind } from "../define-kind.ts";
import type { Finding, Origin } from "../finding.ts";
import { finding } from "../finding-catalogue.ts";
import { type JsonSchema, specSchema, toJsonSchema } from "../json-schema.ts";
import { discoveredKinds } from "../kinds/discovered.ts";
import { type KindName, kinds, type SpecOf } from "../kinds/index.ts";
import { kindByName } from "../kinds/lookup.ts";
import { apiVersion, defaultWorkspace, type ManifestMetadata, manifestMetadata } from "../metadata.ts";
import { didYouMean, nearestName } from "../nearest-name.ts";
import { resourceKey } from "../resource-key.ts";
import type { Problem } from "./json-value.ts";
import { schemaProblems, show } from "./schema-problems.ts";
import { unknownKinds } from "./unknown-kinds.ts";

/** A resource as a person wrote it: validated, defaults filled in, not yet stored. */
export interface ManifestOf<K extends KindName> {
  readonly apiVersion: "heddle.io/v1alpha1";
  readonly kind: K;
  readonly metadata: ManifestMetadata;
  readonly spec: SpecOf<K>;
  readonly origin?: Origin;
}
/** Discriminated by `kind`. */
export type Manifest = { [K in KindName]: ManifestOf<K> }[KindName];

/** Where a part of a value was read from, if from a file. */
export type Locate = (problem: Pick<Problem, "path" | "atKey">) => Origin | undefined;

export interface ValidationResult {
  /** Absent when a finding is an error. */
  readonly manifest?: Manifest;
  readonly findings: readonly Finding[];
}

const fields = ["apiVersion", "kind", "metadata", "spec", "status"];
const metadataSchema: JsonSchema = toJsonSchema(manifestMetadata);
const looseName = z.object({ name: z.string(), workspace: z.string().optional() });

/** Validates plain JSON as a manifest: envelope, metadata and spec, each with all its mistakes, then the kind's own checks. */
export function validateValue(value: unknown, locate: Locate = () => undefined): ValidationResult {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const reason = `${show(value)} is not a map`;
    return { findings: toFindings([{ code: "NOT_A_RESOURCE", path: [], reason }], undefined, locate) };
  }
  const document: Readonly<Record<string, unknown>> = { ...value };
  const metadata = checkSchema(manifestMetadata, metadataSchema, document["metadata"]);
  const problems = [...envelopeProblems(document), ...below("metadata", metadata.problems)];

  const kind = typeof document["kind"] === "string" ? kindByName(document["kind"]) : undefined;
  const given = looseName.safeParse(document["metadata"]);
  const resource =
    kind === undefined || !given.success
      ? undefined
      : resourceKey({
          kind: kind.kind,
          metadata: { name: given.data.name, workspace: given.data.workspace ?? defaultWorkspace },
        });
  if (kind === undefined) return { findings: toFindings(problems, resource, locate) };

  if (!kind.workspaced && metadata.value !== undefined && metadata.value.workspace !== defaultWorkspace)
    problems.push({
      code: "WORKSPACE_NOT_APPLICABLE",
      path: ["metadata", "workspace"],
      reason: `a ${kind.kind} belongs to the whole fleet, not to workspace ${metadata.value.workspace}`,
    });
  const spec = checkSpec(kind, document["spec"]);
  const findings = toFindings([...problems, ...below("spec", spec.problems)], resource, locate);
  if (metadata.value === undefined || findings.some((one) => one.severity === "error")) return { findings };
  const origin = locate({ path: [] });
  const manifest = {
    apiVersion,
    kind: kind.kind,
    metadata: metadata.value,
    spec: spec.value,
    ...(origin !== undefined && { origin }),
  } as Manifest;
  return { manifest, findings };
}

interface Checked<T> {
  readonly problems: readonly SpecProblem[];
  readonly value?: T;
}

type SpecProblem = Problem & Pick<Partial<Finding>, "severity">;

function checkSpec(kind: Kind<KindName>, input: unknown): Checked<unknown> {
  const parsed = checkSchema(kind.spec, specSchema(kind), input);
  if (parsed.problems.length > 0 || parsed.value === undefined) return parsed;
  const problems: SpecProblem[] = [...unknownKinds(kind.kind, parsed.value)];
  kind.check?.(parsed.value, (problem) => problems.push(problem));
  return { problems, value: parsed.value };
}

/** That the value is missing, the envelope says. zod overflows the stack when a value has some hundred thousand mistakes. */
function checkSchema<S extends z.ZodType>(schema: S, json: JsonSchema, input: unknown): Checked<z.output<S>> {
  if (input === undefined) return { problems: [] };
  try {
    const parsed = schema.safeParse(input);
    return parsed.success
      ? { problems: [], value: parsed.data }
      : { problems: schemaProblems(parsed.error.issues, input, json) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return {
      problems: [{ code: "TOO_MANY_FINDINGS", path: [], reason: "there are more mistakes than can be told" }],
    };
  }
}

function envelopeProblems(document: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  for (const name of ["apiVersion", "kind", "metadata", "spec"])
    if (document[name] === undefined)
      problems.push({
        code: "MISSING_FIELD",
        path: [name],
        reason: `${name} is required`,
        remedy: `add ${name}`,
      });
  for (const name of Object.keys(document))
    if (!fields.includes(name)) {
      const nearest = nearestName(name, fields);
      problems.push({
        code: "UNKNOWN_FIELD",
        path: [name],
        reason: `there is no field ${show(name)} here${didYouMean(nearest)}`,
        remedy: nearest === undefined ? "put it under spec, or remove it" : `write ${nearest}`,
        atKey: true,
      });
    }
  const { apiVersion: version, kind } = document;
  if (version !== undefined && version !== apiVersion)
    problems.push({
      code: "UNKNOWN_API_VERSION",
      path: ["apiVersion"],
      reason: `${show(version)} is not an apiVersion of Heddle${
        typeof version === "string" ? didYouMean(nearestName(version, [apiVersion])) : ""
      }`,
    });
  if (kind !== undefined && (typeof kind !== "string" || kindByName(kind) === undefined))
    problems.push(unknownKind(kind));
  return problems;
}

function unknownKind(kind: unknown): Problem {
  const path = ["kind"];
  if (typeof kind !== "string")
    return { code: "UNKNOWN_KIND", path, reason: `${show(kind)} is not the name of a kind` };
  const discovered = discoveredKinds.find((one) => one.kind === kind);
  if (discovered !== undefined)
    return { code: "READ_ONLY_KIND", path, reason: `a ${kind} is found by discovery, it cannot be applied` };
  const nearest = nearestName(
    kind,
    kinds.map((one) => one.kind),
  );
  return {
    code: "UNKNOWN_KIND",
    path,
    reason: `there is no kind ${show(kind)}${didYouMean(nearest)}`,
    remedy:
      nearest === undefined ? `use one of ${kinds.map((one) => one.kind).join(", ")}` : `write ${nearest}`,
  };
}

function below<P extends Problem>(field: string, problems: readonly P[]): P[] {
  return problems.map((problem) => ({ ...problem, path: [field, ...problem.path] }));
}

function toFindings(
  problems: readonly SpecProblem[],
  resource: string | undefined,
  locate: Locate,
): Finding[] {
  return problems.map((problem) => finding(problem.code, { ...problem, resource, origin: locate(problem) }));
}
