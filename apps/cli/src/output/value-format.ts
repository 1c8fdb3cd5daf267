import { stringify } from "yaml";
import { CliError } from "../cli-error.ts";

export const formats = ["json", "yaml", "wide", "name"] as const;
export type Format = (typeof formats)[number];

/** @throws CliError for a format that is none */
export function formatOf(text: string | undefined): Format | undefined {
  if (text === undefined) return undefined;
  const found = formats.find((format) => format === text);
  if (found === undefined)
    throw new CliError(`there is no output format ${text}: use one of ${formats.join(", ")}`);
  return found;
}

/** One thing as it is, several as a List, as kubectl does. */
export function structured(format: "json" | "yaml", items: readonly unknown[], single: boolean): string {
  const value = single ? items[0] : { apiVersion: "v1", kind: "List", items };
  return format === "json"
    ? `${JSON.stringify(value, null, 2)}\n`
    : stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
