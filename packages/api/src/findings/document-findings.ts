import type { CatalogueEntry } from "./entry.ts";

/** Found while reading files, before any schema is looked at. */
export const documentFindings = {
  INPUT_TOO_LARGE: {
    severity: "error",
    title: "The input is too large",
    explanation:
      "A file, or a value given to the API, is larger than the reader accepts. Nothing of it was read.",
    remedy: "split it into several files",
  },
  TOO_MANY_DOCUMENTS: {
    severity: "error",
    title: "Too many documents in one file",
    explanation:
      "Reading stopped at the limit; the documents before it were read. Empty documents and the items of lists count.",
    remedy: "split the file",
  },
  TOO_MANY_FINDINGS: {
    severity: "error",
    title: "More findings than are listed",
    explanation:
      "Only the first findings of an input are listed, so that a broken file cannot fill memory or a screen.",
    remedy: "correct what is listed, then look again",
  },
  TOO_DEEP: {
    severity: "error",
    title: "Nested too deeply",
    explanation: "The document nests lists and maps deeper than any resource does. It was not read.",
    remedy: "flatten the document",
  },
  ALIAS_LIMIT: {
    severity: "error",
    title: "YAML aliases expand too far",
    explanation:
      "Aliases (`*name`) repeat what an anchor holds. The document's aliases repeat more than is accepted, or an anchor holds itself.",
    remedy: "write the values out instead of using aliases",
  },
  NOT_TEXT: {
    severity: "error",
    title: "The file is not UTF-8 text",
    explanation: "The file holds bytes that are not UTF-8, or control characters that text does not have.",
    remedy: "save the file as UTF-8",
  },
  YAML_SYNTAX: {
    severity: "error",
    title: "The document is not valid YAML",
    explanation:
      "The YAML reader could not make sense of the document. The file's other documents are still read.",
    remedy: "correct the syntax at this place",
  },
  DUPLICATE_KEY: {
    severity: "error",
    title: "A key appears twice in one map",
    explanation: "YAML readers disagree on which of the two counts, so neither does.",
    remedy: "keep one of them",
  },
  UNSAFE_KEY: {
    severity: "error",
    title: "A key that no field can have",
    explanation:
      "`__proto__` is refused as a key everywhere: some JSON readers change objects in a harmful way because of it.",
    remedy: "remove the key",
  },
  NUMBER_OUT_OF_RANGE: {
    severity: "error",
    title: "A number that cannot be kept exactly",
    explanation: "The number is not finite, or so large that it would be rounded.",
    remedy: "write a smaller number, or quote it where text is meant",
  },
  AMBIGUOUS_YAML: {
    severity: "warning",
    title: "YAML 1.1 and 1.2 read this differently",
    explanation:
      "Heddle reads YAML 1.2, where `yes`, `no`, `on` and `off` are text and a leading 0 does not make a number octal. Older tools, kubectl among them, read them differently.",
    remedy: "quote it when text is meant; write true, false or the decimal number otherwise",
  },
  NOT_A_RESOURCE: {
    severity: "error",
    title: "The document is not a resource",
    explanation: "A resource is a map with apiVersion, kind, metadata and spec.",
    remedy: "write apiVersion, kind, metadata and spec",
  },
  UNKNOWN_API_VERSION: {
    severity: "error",
    title: "Unknown apiVersion",
    explanation: "The document's apiVersion is not one that Heddle reads.",
    remedy: "write apiVersion: heddle.io/v1alpha1",
  },
  UNKNOWN_KIND: {
    severity: "error",
    title: "Unknown kind",
    explanation: "There is no such kind in this apiVersion.",
    remedy: "see the reference for the kinds there are",
  },
  READ_ONLY_KIND: {
    severity: "error",
    title: "The kind is discovered, not written",
    explanation:
      "Objects of this kind are found in the clusters by discovery. They can be listed and selected, not applied.",
    remedy: "remove the document; change what was discovered in its cluster",
  },
  DUPLICATE_RESOURCE: {
    severity: "error",
    title: "The same resource twice in one input",
    explanation:
      "Two documents have the same kind, workspace and name, so which one counts would depend on their order.",
    remedy: "remove one, or give it another name",
  },
} as const satisfies Record<string, CatalogueEntry>;
