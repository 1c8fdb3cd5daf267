import { badRequest } from "../errors/refusals.ts";
import { asString, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { labelsOf, nameOf, namespaceOf } from "../json/kube-object.ts";
import { byPath } from "../resources/resource.ts";

export type Match = (object: KubeObject) => boolean;

type Requirement = (labels: JsonObject) => boolean;

const setBased = /^([^\s!=(),]+)\s+(in|notin)\s*\(([^)]*)\)$/;
const equality = /^([^\s!=(),]+)\s*(==|=|!=)\s*([^\s!=(),]*)$/;
const ordering = /^([^\s!=(),<>]+)\s*([<>])\s*(-?\d+)$/;
const existence = /^(!?)\s*([^\s!=(),]+)$/;

/** Reads a label selector; throws 400 where it is not one. */
export function parseLabelSelector(text: string): Match | undefined {
  if (text.trim() === "") return undefined;
  const requirements = splitOutsideParentheses(text).map((part) => requirement(part.trim(), text));
  return (object) => {
    const labels = labelsOf(object);
    return requirements.every((matches) => matches(labels));
  };
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

function requirement(part: string, whole: string): Requirement {
  const inSet = setBased.exec(part);
  if (inSet !== null) {
    const [, key = "", operator, list = ""] = inSet;
    const values = new Set(list.split(",").map((value) => value.trim()));
    const wanted = operator === "in";
    return (labels) => {
      const value = labels[key];
      return value === undefined ? !wanted : values.has(asString(value)) === wanted;
    };
  }
  const equals = equality.exec(part);
  if (equals !== null) {
    const [, key = "", operator, value = ""] = equals;
    return (labels) => (labels[key] === value) === (operator !== "!=");
  }
  const order = ordering.exec(part);
  if (order !== null) {
    const [, key = "", operator, bound = ""] = order;
    return (labels) => {
      const value = Number(labels[key] ?? Number.NaN);
      return operator === ">" ? value > Number(bound) : value < Number(bound);
    };
  }
  const exists = existence.exec(part);
  if (exists === null) {
    throw badRequest(`unable to parse requirement: found '${part}' in label selector '${whole}'`);
  }
  const [, not, key = ""] = exists;
  return (labels) => (labels[key] !== undefined) === (not === "");
}

/** Reads a field selector; throws 400 for a field that the resource cannot be selected by. */
export function parseFieldSelector(text: string, selectable: readonly string[]): Match | undefined {
  if (text.trim() === "") return undefined;
  const terms = text.split(",").map((part) => {
    const found = /^([^!=]+)(==|=|!=)(.*)$/.exec(part.trim());
    if (found === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = "", operator, value = ""] = found;
    const known = field === "metadata.name" || field === "metadata.namespace" || selectable.includes(field);
    if (!known) throw badRequest(`field label not supported: ${field}`);
    return { field, value, wanted: operator !== "!=" };
  });
  return (object) => terms.every(({ field, value, wanted }) => (fieldOf(object, field) === value) === wanted);
}

function fieldOf(object: KubeObject, field: string): string {
  if (field === "metadata.name") return nameOf(object);
  if (field === "metadata.namespace") return namespaceOf(object);
  const value = byPath(object, field === "source" ? "source.component" : field);
  return value === undefined || value === null ? "" : String(value);
}

/** The one name that a field selector asks for, if it asks for exactly one. */
export const selectedName = (text: string): string | undefined =>
  /(?:^|,)metadata\.name==?([^,=!]+)/.exec(text)?.[1];

/** Both conditions, where there are any. */
export function both(a: Match | undefined, b: Match | undefined): Match | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (object) => a(object) && b(object);
}
