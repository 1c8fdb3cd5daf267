import { expect } from "vitest";
import { pullCredentials } from "../../src/mesh/pod/module-port.ts";
import { extension, type Scenario } from "../scenario.ts";
import { module } from "./wasm.ts";

const secret = (registry: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "puller", namespace: "safe" },
  type: "kubernetes.io/dockerconfigjson",
  stringData: {
    ".dockerconfigjson": JSON.stringify({
      auths: { [registry]: { auth: Buffer.from(pullCredentials).toString("base64") } },
    }),
  },
});

export const wasmPulled: Scenario = {
  title:
    "a module is pulled from a registry with a Secret's credentials, whatever key is named, and not without them",
  proves: ["ExtensionPolicy.wasm.pullSecretRef", "ExtensionPolicy.wasm.pullSecretRef.key"],
  objects: (addressOf) => [secret(`${addressOf("scanner")}:9100`)],
  wishes: (target, addressOf) => {
    const image = (tag: string) => ({ url: `oci://${addressOf("scanner")}:9100/modules/mark:${tag}` });
    return [
      extension({
        targets: [target],
        wasm: [
          module("pulled", addressOf("scanner"), 8080, {
            ...image("with"),
            pullSecretRef: { name: "puller", key: "another" },
          }),
          module("refused", addressOf("scanner"), 8081, image("without")),
        ],
      }),
    ];
  },
  inForce: async (scene) =>
    (await scene.one()).body.includes('"x-wasm":"pulled"') && (await scene.status({ port: 8081 })) === 403,
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ port: 8081, tag })).toBe(403);
    expect(await scene.seen(tag)).toEqual([]);
  },
};
