import { objectRef } from "@heddle/api";
import { expect, it } from "vitest";
import { KubeError } from "../client/kube-error.ts";
import { conflictsOf, problemOf, refOf } from "./problem.ts";

const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" } };

it("names objects as @heddle/api does", () => {
  const { apiVersion, kind } = object;
  expect(refOf(object)).toBe(objectRef({ apiVersion, kind, namespace: "shop", name: "web" }));
  expect(refOf({ ...object, metadata: { name: "web" } })).toBe(
    objectRef({ apiVersion, kind, namespace: "", name: "web" }),
  );
});

const cause = (reason: string) => ({ details: { causes: [{ reason }] } });

it.each([
  ["NamespaceTerminating", new KubeError("Forbidden", "x", cause("NamespaceTerminating"))],
  ["NamespaceMissing", new KubeError("NotFound", "x", { details: { kind: "namespaces", name: "shop" } })],
  ["TooLarge", new KubeError("TooLarge", "x")],
  ["TooLarge", new KubeError("ServerError", "etcdserver: request is too large")],
  ["Rejected", new KubeError("Forbidden", 'admission webhook "x" denied the request')],
  ["Rejected", new KubeError("Invalid", "x")],
  ["Rejected", new KubeError("BadRequest", "x")],
  ["Unavailable", new KubeError("Throttled", "x")],
  ["Unavailable", new KubeError("Unauthorized", "x")],
  ["Unavailable", new KubeError("Unreachable", "x")],
])("is %s for %s", (code, error) => {
  expect(problemOf(object, error)).toMatchObject({ object: "apps/v1|Deployment|shop|web", code });
});

it("reads from a conflict who holds which fields", () => {
  const conflict = new KubeError("Conflict", "Apply failed with 2 conflicts", {
    details: {
      causes: [
        {
          reason: "FieldManagerConflict",
          message: 'conflict with "kubectl-edit" using v1',
          field: ".spec.a",
        },
        {
          reason: "FieldManagerConflict",
          message: 'conflict with "kubectl-edit" using v1',
          field: ".spec.b",
        },
      ],
    },
  });
  expect(conflictsOf(conflict)).toEqual({ owner: "kubectl-edit", fields: ".spec.a, .spec.b" });
  expect(conflictsOf(new KubeError("Conflict", "the object has been modified"))).toBeUndefined();
});

it("keeps the API server's words about a Secret to itself", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "shop" } };
  const error = new KubeError("Invalid", 'data[a]: Invalid value: "hunter2"', {
    status: 422,
    reason: "Invalid",
    details: { causes: [{ field: "data[a]", message: 'Invalid value: "hunter2"' }] },
  });
  expect(problemOf(secret, error).message).toBe("Invalid: data[a]");
});
