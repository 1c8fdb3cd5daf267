/**
 * Paths of keys that occur more than once in an object of a JSON text, such as `spec.ports[0].name`. The text must
 * be valid JSON: this reads tokens only.
 */
export function duplicateKeys(text: string): string[] {
  const found: string[] = [];
  const stack: Frame[] = [];
  let key = "";
  for (const [token, , colon] of text.matchAll(/"(\\.|[^"\\])*"(\s*:)?|[{}[\],]/g)) {
    const top = stack.at(-1);
    if (token === "{" || token === "[") {
      const path = top === undefined ? "" : childPath(top, key);
      stack.push({ path, keys: token === "{" ? new Set() : undefined, index: 0 });
    } else if (token === "}" || token === "]") stack.pop();
    else if (token === ",") {
      if (top !== undefined) top.index++;
    } else if (top?.keys !== undefined && (colon !== undefined || token.endsWith(":"))) {
      key = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1));
      if (top.keys.has(key)) found.push(childPath(top, key));
      top.keys.add(key);
    }
  }
  return found;
}

interface Frame {
  readonly path: string;
  /** Undefined for a list. */
  readonly keys: Set<string> | undefined;
  index: number;
}

function childPath(frame: Frame, key: string): string {
  if (frame.keys === undefined) return `${frame.path}[${frame.index}]`;
  return frame.path === "" ? key : `${frame.path}.${key}`;
}
