import { discoveredKindByAlias, discoveredKinds, kindByAlias, kinds, nearestName } from "@heddle/api";
import { CliError } from "../cli-error.ts";

export interface Named {
  readonly kind: string;
  readonly plural: string;
  readonly discovered: boolean;
  readonly workspaced: boolean;
  readonly names: readonly string[];
}

/** `tp`, `trafficpolicies reviews ratings`, `tp/reviews`, `tp,ap`: what kubectl takes. @throws CliError for a kind that is none */
export function resourceNames(types: string, names: readonly string[]): Named[] {
  if (types.includes("/")) {
    return [types, ...names].map((text) => {
      const [type = "", name = ""] = text.split("/");
      if (name === "")
        throw new CliError(`${text} is not KIND/NAME: with one KIND/NAME every argument must be one`);
      return { ...kindOf(type), names: [name] };
    });
  }
  const list = types.split(",");
  if (list.length > 1 && names.length > 0)
    throw new CliError("names can be given for one kind only: use KIND/NAME for several");
  return list.map((type) => ({ ...kindOf(type), names }));
}

function kindOf(type: string): Omit<Named, "names"> {
  const kind = kindByAlias(type);
  if (kind !== undefined)
    return { kind: kind.kind, plural: kind.plural, discovered: false, workspaced: kind.workspaced };
  const discovered = discoveredKindByAlias(type);
  if (discovered !== undefined)
    return { kind: discovered.kind, plural: discovered.plural, discovered: true, workspaced: false };
  const known = [...kinds, ...discoveredKinds].flatMap(({ plural, shortNames }) => [plural, ...shortNames]);
  const nearest = nearestName(type, known);
  throw new CliError(
    `there is no kind ${type}${nearest === undefined ? "" : `; did you mean ${nearest}?`} \`heddle api-resources\` lists them`,
  );
}

/** `a=b,c=d` as labels. @throws CliError */
export function labelsOf(selector: string | undefined): Record<string, string> | undefined {
  if (selector === undefined) return undefined;
  return Object.fromEntries(
    selector.split(",").map((pair) => {
      const [key, value, ...more] = pair.split(/==?/);
      if (!key || value === undefined || more.length > 0)
        throw new CliError(`the selector ${selector} is not of the form KEY=VALUE,KEY=VALUE`);
      return [key.trim(), value.trim()];
    }),
  );
}

/** Names exactly one resource, as `KIND NAME` or `KIND/NAME`. @throws CliError */
export function onlyResource(
  workspace: string,
  type: string,
  name: string | undefined,
): { readonly kind: string; readonly workspace: string; readonly name: string } {
  const [named, ...more] = resourceNames(type, name === undefined ? [] : [name]);
  const only = named?.names[0];
  if (named === undefined || only === undefined || more.length > 0)
    throw new CliError("name one resource, as KIND NAME or KIND/NAME");
  if (named.discovered)
    throw new CliError(`${named.plural} are discovered in the clusters: there is nothing stored of them`);
  return { kind: named.kind, workspace: named.workspaced ? workspace : "default", name: only };
}
