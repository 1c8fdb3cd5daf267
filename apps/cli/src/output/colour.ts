import { styleText } from "node:util";

type Colour = "red" | "green" | "yellow" | "cyan" | "bold" | "dim";

/** Colours where standard output is a terminal that wants them (`NO_COLOR`); the text as it is everywhere else. */
export function colour(name: Colour, text: string): string {
  return styleText(name, text, { stream: process.stdout });
}
