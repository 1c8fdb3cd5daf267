import type { FindingCode } from "../finding-catalogue.ts";
import type { ReadLimits } from "./limits.ts";

/** An input of which nothing can be read, or not all, and a code that is found in it. */
export interface DocumentCase {
  readonly title: string;
  readonly text: string | Uint8Array;
  readonly code: FindingCode;
  readonly limits?: Partial<ReadLimits>;
}

const good = `apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: a}
spec: {defaults: {timeout: {request: 3s}}}
`;
const letters = ["b", "c", "d", "e", "f", "g", "h", "i"];
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${letters.map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]`).join("\n")}\n`;

/** Hostile and broken inputs; no manifest comes out of any. */
export const refusedDocuments: readonly DocumentCase[] = [
  { title: "aliases that multiply", text: bomb, code: "ALIAS_LIMIT" },
  { title: "an anchor that holds itself", text: "a: &a [*a]\n", code: "ALIAS_LIMIT" },
  { title: "an alias to nothing", text: "a: *b\n", code: "YAML_SYNTAX" },
  { title: "a hundred thousand brackets", text: "[".repeat(100_000), code: "TOO_DEEP" },
  { title: "a hundred levels", text: `${"{a: ".repeat(100)}1${"}".repeat(100)}`, code: "TOO_DEEP" },
  { title: "a prototype", text: "__proto__: {polluted: true}\n", code: "UNSAFE_KEY" },
  { title: "a key twice", text: "kind: a\nkind: b\n", code: "DUPLICATE_KEY" },
  { title: "a key that is a map", text: "? {a: b}\n: c\n", code: "YAML_SYNTAX" },
  { title: "a tab as indentation", text: "a:\n\tb: c\n", code: "YAML_SYNTAX" },
  { title: "a tag of its own", text: "a: !!js/function x\n", code: "YAML_SYNTAX" },
  { title: "a NUL", text: "a: \0\n", code: "NOT_TEXT" },
  { title: "bytes that are not UTF-8", text: new Uint8Array([0x61, 0x3a, 0xff]), code: "NOT_TEXT" },
  {
    title: "a number that would be rounded",
    text: "a: 12345678901234567890\n",
    code: "NUMBER_OUT_OF_RANGE",
  },
  { title: "infinity", text: "a: .inf\n", code: "NUMBER_OUT_OF_RANGE" },
  { title: "a merge key", text: `${good}<<: {a: b}\n`, code: "UNKNOWN_FIELD" },
  { title: "a constructor", text: `${good}constructor: 1\n`, code: "UNKNOWN_FIELD" },
  { title: "a number", text: "5\n", code: "NOT_A_RESOURCE" },
  { title: "a kind that there is not", text: good.replace("Policy", "Police"), code: "UNKNOWN_KIND" },
  { title: "a kind that is discovered", text: good.replace("TrafficPolicy", "Mesh"), code: "READ_ONLY_KIND" },
  { title: "another version", text: good.replace("v1alpha1", "v2"), code: "UNKNOWN_API_VERSION" },
  { title: "a word as timeout", text: good.replace("{request: 3s}", "3"), code: "WRONG_TYPE" },
  {
    title: "a workspace for the fleet",
    text: "apiVersion: heddle.io/v1alpha1\nkind: Cluster\nmetadata: {name: a, workspace: b}\nspec: {}\n",
    code: "WORKSPACE_NOT_APPLICABLE",
  },
  { title: "a large file", text: good, code: "INPUT_TOO_LARGE", limits: { fileSize: 10 } },
  {
    title: "many documents",
    text: "---\n".repeat(20),
    code: "TOO_MANY_DOCUMENTS",
    limits: { documents: 10 },
  },
  {
    title: "many mistakes",
    text: "a: 1\n---\n".repeat(50),
    code: "TOO_MANY_FINDINGS",
    limits: { findings: 10 },
  },
];

/** Inputs of which something is read all the same. */
export const doubtfulDocuments: readonly DocumentCase[] = [
  { title: "a resource twice", text: `${good}---\n${good}`, code: "DUPLICATE_RESOURCE" },
  { title: "a word that was true once", text: `${good}status: {ready: yes}\n`, code: "AMBIGUOUS_YAML" },
];
