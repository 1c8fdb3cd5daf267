/** A policy for the one service of `oneService`; its weight makes each write another. */
export function canaryManifest(write: number): object {
  const weight = 1 + (write % 98);
  return manifest("canary", {
    // Not a catch-all: what comes after it must still count.
    match: [{ path: { prefix: "/" } }],
    split: [
      { version: "v1", weight },
      { version: "v2", weight: 100 - weight },
    ],
  });
}

/** One of many policies that do not touch each other's rules. */
export function otherManifest(index: number): object {
  return manifest(`burst-${index}`, {
    name: `r-${index}`,
    match: [{ path: { exact: `/${index}` } }],
    split: [{ version: "v2" }],
  });
}

function manifest(name: string, rule: object): object {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name },
    spec: { targets: [{ name: "reviews", namespace: "shop" }], rules: [rule] },
  };
}
