import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/** Who may take the module out of the registry, as HTTP's basic authentication has it. */
export const pullCredentials = "puller:let-me-in";

/** Istio takes no realm that is not an address, of whatever kind of authentication (pkg/wasm/imagefetcher.go). */
const challenge = 'Basic realm="https://modules.example"';

/** Of an image that is a module and its configuration: github.com/solo-io/wasm/blob/master/spec/spec.md */
const configurationType = "application/vnd.module.wasm.config.v1+json";
const layerType = "application/vnd.module.wasm.content.layer.v1+wasm";
const manifestType = "application/vnd.oci.image.manifest.v1+json";

/**
 * A port with a module of WebAssembly: whatever path is asked for is the module, and below `/v2/` it is a registry that has it as every
 * image, for who knows `pullCredentials`. (github.com/opencontainers/distribution-spec)
 */
export function serveModulePort(port: number, file: string): void {
  const module = readFileSync(file);
  const configuration = Buffer.from("{}");
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: described(configurationType, configuration),
      layers: [described(configurationType, configuration), described(layerType, module)],
    }),
  );
  const blobs = [module, configuration];
  createServer(({ url = "", headers }, answer) => {
    if (!url.startsWith("/v2/")) return answer.end(module);
    const credentials = Buffer.from(headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString();
    if (credentials !== pullCredentials)
      return answer.writeHead(401, { "www-authenticate": challenge }).end();
    const manifestWanted = url.includes("/manifests/");
    const wanted = manifestWanted ? manifest : blobs.find((blob) => url.endsWith(digestOf(blob)));
    if (url === "/v2/") return answer.end();
    if (wanted === undefined) return answer.writeHead(404).end();
    const type = manifestWanted ? manifestType : "application/octet-stream";
    return answer
      .writeHead(200, {
        ...{ "content-type": type, "content-length": wanted.length },
        "docker-content-digest": digestOf(wanted),
      })
      .end(wanted);
  }).listen(port, "0.0.0.0");
}

function described(mediaType: string, bytes: Buffer): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
