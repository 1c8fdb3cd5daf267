import { discoveredKinds, kinds } from "@heddle/api";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { print } from "../session.ts";

/** Commands whose first argument is a kind. */
const takesKind: ReadonlySet<string> = new Set(["get", "describe", "delete"]);

export function addCompletion(program: Command): void {
  program
    .command("completion <shell>")
    .description("print completions: source <(heddle completion bash); also zsh and fish")
    .action((shell: string) => {
      const words = wordsOf(program);
      if (shell === "bash") print(bash(words));
      else if (shell === "zsh") print(`autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`);
      else if (shell === "fish") print(fish(words));
      else throw new CliError(`there are no completions for ${shell}: use bash, zsh or fish`);
    });
}

/** What can follow `heddle`, `heddle cluster`, `heddle get`, …: by the words before it. */
function wordsOf(program: Command): Map<string, string[]> {
  const words = new Map<string, string[]>();
  const kindNames = [...kinds, ...discoveredKinds].flatMap(({ plural, shortNames }) => [
    plural,
    ...shortNames,
  ]);
  const visit = (command: Command, path: string) => {
    const options = command.options.flatMap(({ long }) => long ?? []);
    const names = command.commands.map((sub) => sub.name());
    words.set(path, [...names, ...(takesKind.has(command.name()) ? kindNames : []), ...options]);
    for (const sub of command.commands) visit(sub, path === "" ? sub.name() : `${path} ${sub.name()}`);
  };
  visit(program, "");
  return words;
}

function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(
    ([path, list]) => `    ${JSON.stringify(path)}) list=${JSON.stringify(list.join(" "))} ;;`,
  );
  return `_heddle() {
  local path="" word list=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases.join("\n")}
    *" "*) path="\${path% *}"; continue ;;
    *) path=""; continue ;;
    esac
    break
  done
  COMPREPLY=($(compgen -W "$list" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _heddle heddle
`;
}

function fish(words: ReadonlyMap<string, readonly string[]>): string {
  return [...words]
    .filter(([path]) => !path.includes(" "))
    .map(([path, list]) => {
      const condition = path === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${path}`;
      return `complete -c heddle -n '${condition}' -a '${list.filter((word) => !word.startsWith("-")).join(" ")}'\n`;
    })
    .join("");
}
