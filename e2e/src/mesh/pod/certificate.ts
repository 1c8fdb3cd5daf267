import { join } from "node:path";
import { must } from "../network/host-command.ts";

/** Files of a key and a certificate that it signs itself, for a name as X.509 writes it: `IP:127.0.0.1`, `DNS:example.com`. */
export async function selfSigned(
  folder: string,
  file: string,
  subjectAltName: string,
): Promise<{ key: string; certificate: string }> {
  const [key, certificate] = [join(folder, `${file}.key`), join(folder, `${file}.crt`)];
  await must("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=test", "-addext", `subjectAltName=${subjectAltName}`],
    ...["-keyout", key, "-out", certificate],
  ]);
  return { key, certificate };
}
