import type { Argument, Command, Option } from "commander";
import { examples } from "./examples.ts";

/** The commands as a page for readers, made from what `--help` says. */
export function cliReference(program: Command): string {
  return `${[
    "# The `heddle` command",
    "",
    "Made by `npm run generate -w apps/cli` from what `--help` says; a test compares.",
    "",
    "Every command takes these options as well:",
    "",
    ...optionLines(program.options),
    "",
    "Exit codes: `0` done; `1` refused or failed, and stderr says what to do; `2` there are differences (`plan`, `diff`).",
    ...commandsIn(program, []).flatMap(({ path, command }) => section(path, command)),
  ].join("\n")}\n`;
}

export interface PathAndCommand {
  /** Words after `heddle`. */
  readonly path: readonly string[];
  readonly command: Command;
}

/** Commands that do something, in the order of help; groups are passed over. */
export function commandsIn(parent: Command, path: readonly string[]): PathAndCommand[] {
  return parent.commands.flatMap((command) => {
    const at = [...path, command.name()];
    const within = commandsIn(command, at);
    const group = within.length > 0 && command.registeredArguments.length + command.options.length === 0;
    return group ? within : [{ path: at, command }, ...within];
  });
}

function section(path: readonly string[], command: Command): string[] {
  const name = path.join(" ");
  return [
    "",
    `## heddle ${name}`,
    "",
    `${sentence(command.description())}`,
    "",
    "```sh",
    [
      "heddle",
      name,
      ...command.registeredArguments.map(usage),
      ...(command.options.length > 0 ? ["[options]"] : []),
    ].join(" "),
    "```",
    ...(command.options.length > 0 ? ["", ...optionLines(command.options)] : []),
    ...(examples[name] === undefined ? [] : ["", "Example:", "", "```sh", examples[name], "```"]),
  ];
}

function usage(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionLines(options: readonly Option[]): string[] {
  return [
    "| option | meaning |",
    "| --- | --- |",
    ...options.map(({ flags, description, defaultValue }) => {
      const standard = typeof defaultValue === "string" || typeof defaultValue === "number";
      return `| \`${flags}\` | ${description.replaceAll("|", "\\|")}${standard ? ` (\`${defaultValue}\` unless given)` : ""} |`;
    }),
  ];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
