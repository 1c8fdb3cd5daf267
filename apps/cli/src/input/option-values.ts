import { durationMs } from "@heddle/api";
import { InvalidArgumentError, Option } from "commander";

/** Parsers of option values, so that a wrong one is refused before anything is done. */
export function durationOption(text: string): string {
  if (Number.isNaN(safeDuration(text)))
    throw new InvalidArgumentError("It is not a duration such as 30s or 2m.");
  return text;
}

export function secondsOption(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is not a whole number of seconds.");
  return Number(text);
}

/** `-o wide` of commands that print a table only. */
export function wideOption(): Option {
  return new Option("-o, --output <format>", "more columns").choices(["wide"]);
}

function safeDuration(text: string): number {
  try {
    return durationMs(text);
  } catch {
    return Number.NaN;
  }
}
