import { expect, it } from "vitest";
import { shapeOfFields, shapeOfObject } from "./field-shape.ts";

it("is the same for an object and for the fields that the API server says its manager owns", () => {
  const object = {
    metadata: { labels: { "a.io/b": "c" } },
    spec: { hosts: ["x", "y"], http: [{ name: "first" }], empty: {}, depth: { of: { field: 0 } } },
  };
  const fields = {
    "f:metadata": { "f:labels": { "f:a.io/b": {} } },
    "f:spec": {
      "f:hosts": {},
      "f:http": { 'k:{"name":"first"}': { ".": {}, "f:name": {} } },
      "f:empty": {},
      "f:depth": { ".": {}, "f:of": { "f:field": {} } },
    },
  };
  expect(shapeOfObject(object)).toBe(shapeOfFields(fields));
  expect(shapeOfObject({ ...object, spec: { ...object.spec, hosts: undefined } })).not.toBe(
    shapeOfFields(fields),
  );
});
