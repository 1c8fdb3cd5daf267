/** A service of machines with the label `app: NAME`, by the name that they give their port. */
export const ofMachines = (name: string) => ({ selector: { app: name }, ports: { 8080: "web" } });

/** The machine with a proxy, as a member of the mesh. */
export const member = (name: string, address: string) => ({
  namespace: "shop",
  addresses: [address],
  ports: [{ name: "web", port: 8080 }],
  identity: { serviceAccount: "machine" },
  labels: { app: name },
  cluster: "mesh",
});

/** For machines that are called without mTLS, because some have no proxy. */
export const plain = { "security.istio.io/tlsMode": "disabled" };
