/** A service outside of the mesh that speaks TLS: with a certificate that proxies' systems trust, and with one that nobody does. */
export const outsideTls = {
  namespace: "office",
  selector: { app: "stranger" },
  ports: { 8080: 8444, 8081: 8443 },
};
