import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSigned } from "../pod/certificate.ts";

/**
 * Istio's validating webhook, as its chart registers it, so that the API server refuses what Istio refuses. The API server calls webhooks
 * by TLS only, and istiod's own certificate is for its name in the cluster: a small TLS front with a certificate for loopback stands
 * before istiod's plain port.
 */
export async function startValidation(
  folder: string,
  istiodPort: number,
): Promise<{ webhook: object; close: () => Promise<void> }> {
  const { key, certificate } = await selfSigned(folder, "webhook", "IP:127.0.0.1");
  const pem = await readFile(certificate, "utf8");
  const front = createServer({ key: await readFile(key), cert: pem }, (incoming, answer) => {
    const { method, url, headers } = incoming;
    const call = request({ host: "127.0.0.1", port: istiodPort, method, path: url, headers }, (istiod) => {
      answer.writeHead(istiod.statusCode ?? 502, istiod.headers);
      istiod.pipe(answer);
    });
    call.once("error", () => answer.writeHead(502).end());
    incoming.pipe(call);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  return {
    webhook: webhookObject(`https://127.0.0.1:${port}/validate`, pem),
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        front.closeAllConnections();
      }),
  };
}

function webhookObject(url: string, caPem: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "istio-validator-istio-system", labels: { app: "istiod", "istio.io/rev": "default" } },
    webhooks: [
      {
        name: "rev.validation.istio.io",
        clientConfig: { url, caBundle: Buffer.from(caPem).toString("base64") },
        rules: [
          {
            operations: ["CREATE", "UPDATE"],
            apiGroups: [
              "security.istio.io",
              "networking.istio.io",
              "telemetry.istio.io",
              "extensions.istio.io",
            ],
            apiVersions: ["*"],
            resources: ["*"],
          },
        ],
        failurePolicy: "Fail",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  };
}
