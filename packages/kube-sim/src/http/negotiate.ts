import { notAcceptable } from "../errors/refusals.ts";

/** The form in which a client wants its answer. */
export interface Wanted {
  readonly media: "application/json" | "application/yaml";
  readonly as:
    | "Table"
    | "PartialObjectMetadata"
    | "PartialObjectMetadataList"
    | "APIGroupDiscoveryList"
    | undefined;
  readonly version: string;
}

const forms = [
  "Table",
  "PartialObjectMetadata",
  "PartialObjectMetadataList",
  "APIGroupDiscoveryList",
] as const;
const plain: Wanted = { media: "application/json", as: undefined, version: "" };

/** Chooses the first form in `Accept` that can be served; throws 406 when there is none. Protobuf cannot be. */
export function negotiate(accept: string | undefined): Wanted {
  if (accept === undefined || accept.trim() === "") return plain;
  for (const range of accept.split(",")) {
    const [media = "", ...parameters] = range.split(";").map((part) => part.trim());
    const given = new Map(parameters.map((part) => [part.split("=")[0] ?? "", part.split("=")[1] ?? ""]));
    const as = forms.find((form) => form === given.get("as"));
    if (given.has("as") && as === undefined) continue;
    if (media === "*/*" || media === "application/*") return plain;
    if (media === "application/json" || media === "application/yaml") {
      return { media, as, version: given.get("v") ?? "v1" };
    }
  }
  throw notAcceptable();
}
