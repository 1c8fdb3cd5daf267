import { asArray, isObject, type Json } from "../json/json.ts";

/**
 * Reads the JSONPath of a printer column: dotted fields, `['quoted']` fields, `[0]`, `[*]` and one filter of the form
 * `[?(@.type=="Ready")]`. Anything else finds nothing.
 */
export function cellPath(text: string): (value: Json) => Json | undefined {
  const steps = [
    ...text.matchAll(
      /\.((?:\\.|[^.[\]])+)|\[(\d+|\*)\]|\['([^']+)'\]|\[\?\(@\.([\w.]+)\s*==\s*['"]([^'"]*)['"]\)\]/g,
    ),
  ];
  return (value) => {
    let here: Json[] = [value];
    for (const [, field, index, quoted, filter, wanted] of steps) {
      const key = field?.replaceAll("\\.", ".") ?? quoted;
      here = here.flatMap((item) => step(item, { key, index, filter, wanted }));
    }
    return here.length > 1 ? here.map(String).join(",") : here[0];
  };
}

interface Step {
  key: string | undefined;
  index: string | undefined;
  filter: string | undefined;
  wanted: string | undefined;
}

function step(item: Json, { key, index, filter, wanted }: Step): Json[] {
  if (key !== undefined) {
    const value = isObject(item) ? item[key] : undefined;
    return value === undefined ? [] : [value];
  }
  const list = asArray(item);
  if (index !== undefined) return index === "*" ? list : list.slice(Number(index), Number(index) + 1);
  return list.filter((entry) => isObject(entry) && filter !== undefined && String(entry[filter]) === wanted);
}
