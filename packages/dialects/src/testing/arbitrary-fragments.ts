import fc from "fast-check";

/** An object with the key, or without. */
export function optional<T>(value: fc.Arbitrary<T>, key: string): fc.Arbitrary<object> {
  return fc.option(value, { nil: undefined }).map((v) => (v === undefined ? {} : { [key]: v }));
}

/** Several parts of one object. */
export function merged(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<object> {
  return fc.tuple(...parts).map((values) => Object.assign({}, ...values) as object);
}
