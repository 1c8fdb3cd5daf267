import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "../network/host-command.ts";

/** An istiod's CA, by the names of its files: in a folder, and in the Secret `cacerts`. All in PEM. */
export interface AuthorityFiles {
  readonly "ca-cert.pem": string;
  readonly "ca-key.pem": string;
  readonly "cert-chain.pem": string;
  readonly "root-cert.pem": string;
}

const days = ["-nodes", "-days", "30"];
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
/** openssl's own configuration makes what it signs itself a CA: `v3_ca`. */
const forSigning = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];

/** A root, and an intermediate of it for each name, which signs the workloads of that cluster. The folder is made for the root's key. */
export async function sharedAuthority(
  folder: string,
  clusters: readonly string[],
): Promise<readonly AuthorityFiles[]> {
  await mkdir(folder, { mode: 0o700 });
  const file = (name: string) => join(folder, name);
  const make = (name: string, more: readonly string[]) =>
    must("openssl", [
      ...["req", "-x509", ...newKey, ...days, "-subj", `/O=Heddle testbed/CN=${name}`, ...forSigning],
      ...["-keyout", file(`${name}.key`), "-out", file(`${name}.crt`), ...more],
    ]);
  await make("root", []);
  const root = await readFile(file("root.crt"), "utf8");
  return Promise.all(
    clusters.map(async (cluster) => {
      const name = `intermediate-${cluster}`;
      await make(name, ["-CA", file("root.crt"), "-CAkey", file("root.key")]);
      const certificate = await readFile(file(`${name}.crt`), "utf8");
      return {
        "ca-cert.pem": certificate,
        "ca-key.pem": await readFile(file(`${name}.key`), "utf8"),
        "cert-chain.pem": `${certificate}${root}`,
        "root-cert.pem": root,
      };
    }),
  );
}
