/** What the demo applies; also a first example to change and apply again. */
export const demoPolicies = `# One canary, one access rule, mTLS everywhere: said once, for every mesh.
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata:
  name: reviews-canary
spec:
  targets:
    - { name: reviews, namespace: shop }
  rules:
    - split:
        - { version: v1, weight: 90 }
        - { version: v2, weight: 10 }
      timeout: { request: 3s }
      retries: { attempts: 2, perTryTimeout: 1s, on: [5xx, connect-failure] }
      mirror:
        - { version: v3, percent: 5 }
---
apiVersion: heddle.io/v1alpha1
kind: AccessPolicy
metadata:
  name: reviews-callers
spec:
  action: ALLOW
  targets:
    - { name: reviews, namespace: shop }
  from:
    - serviceAccounts: [shop/productpage]
  to:
    - methods: [GET]
---
apiVersion: heddle.io/v1alpha1
kind: AuthenticationPolicy
metadata:
  name: strict-mtls
spec:
  targets:
    - { kind: Mesh }
  mtls: { mode: STRICT }
`;
