import { discoveredKinds, kinds } from "@heddle/api";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { print } from "../session.ts";

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
    words.set(path, [
      ...names,
      ...(command.registeredArguments[0]?.name() === "type" ? kindNames : []),
      ...options,
    ]);
    for (const sub of command.commands) visit(sub, path === "" ? sub.name() : `${path} ${sub.name()}`);
  };
  visit(program, "");
  return words;
}

/** Only words that lead somewhere count: names of resources and values of options are passed over. */
function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const paths = [...words.keys()].filter((path) => path !== "").map((path) => JSON.stringify(path));
  const cases = [...words].map(
    ([path, list]) => `    ${JSON.stringify(path)}) list=${JSON.stringify(list.join(" "))} ;;`,
  );
  return `_heddle() {
  local path="" word list=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
    ${paths.join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
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
