import { atLeast } from "./version.ts";

/**
 * Whether a mesh's version is in a range as npm and Flux write them (`semverRange` of the API): blanks and commas mean *and*, `||` means
 * *or*. Suffixes after the three numbers are ignored on both sides, since vendors mark their builds with them. A version that does not
 * start with a number, as of Linkerd's edge releases, is only in `*`.
 */
export function inVersionRange(version: string, range: string): boolean {
  return range.split("||").some((alternative) =>
    [...alternative.replace(HYPHEN, ">=$1 <=$2").matchAll(COMPARATOR)].every(
      ([, operator = "=", parts = ""]) => {
        const given = numbersOf(parts);
        if (given.length === 0 && operator !== "<" && operator !== ">") return true;
        if (!/^v?\d/.test(version)) return false;
        const [low, high] = bounds(operator, given);
        return atLeast(version, text(low)) && (high === undefined || !atLeast(version, text(high)));
      },
    ),
  );
}

const HYPHEN = /([^\s,]+)\s+-\s+([^\s,]+)/g;
const COMPARATOR = /([~^]|[<>]=?|=)?\s*v?([\dxX*.]+)(?:-[0-9A-Za-z.-]+)?/g;

/** The numbers before the first wildcard. */
function numbersOf(parts: string): number[] {
  const all = parts.split(".");
  const wild = all.findIndex((part) => !/^\d+$/.test(part));
  return all.slice(0, wild < 0 ? all.length : wild).map(Number);
}

type Numbers = readonly number[];

/** The lowest version that is in, and the lowest above it that is not; a part left out stands for all of its numbers. */
function bounds(operator: string, given: Numbers): readonly [low: Numbers, high?: Numbers] {
  switch (operator) {
    case ">=":
      return [given];
    case ">":
      return given.length === 0 ? [[], []] : [after(given)];
    case "<":
      return [[], given];
    case "<=":
      return [[], after(given)];
    case "~":
      return [given, after(given.slice(0, 2))];
    case "^": {
      const first = given.findIndex((part) => part > 0);
      return [given, after(first < 0 ? given : given.slice(0, first + 1))];
    }
    default:
      return [given, after(given)];
  }
}

function after(given: Numbers): number[] {
  return [...given.slice(0, -1), (given.at(-1) ?? 0) + 1];
}

function text(numbers: Numbers): string {
  return numbers.length === 0 ? "0" : numbers.join(".");
}
