import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Claim, claimNetwork } from "./claim.ts";
import { ip } from "./host-command.ts";

/** A pod's network namespace and its address on the bridge. */
export interface Place {
  readonly space: string;
  readonly address: string;
}

/** One bridge with an address range of its own; pods are network namespaces on it. Nothing leaves it. */
export interface Network {
  /** Of the run's files; readable by the sidecars' user. */
  readonly folder: string;
  /** The bridge's own address: where the host, and so istiod, is seen. */
  readonly gateway: string;
  addPod(pod: string): Promise<Place>;
  /** The one certificate that the system of every pod trusts, in place of the machine's own; a PEM file. */
  trust(certificate: string): Promise<void>;
  /** What names mean, in every pod at once. */
  setHosts(hosts: ReadonlyMap<string, string>): Promise<void>;
  /** Removes the bridge, every pod on it, and all files. */
  close(): Promise<void>;
}

export async function openNetwork(): Promise<Network> {
  const claim = await claimNetwork();
  try {
    return await bridge(claim);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function bridge({ network, prefix, folder, release }: Claim): Promise<Network> {
  const link = `${prefix}br`;
  const gateway = `10.${network}.0.1`;
  const hostsFile = join(folder, "hosts");
  let pods = 0;
  const setHosts = (hosts: ReadonlyMap<string, string>) => {
    const lines = ["127.0.0.1 localhost", `${gateway} istiod.istio-system.svc`];
    for (const [name, address] of hosts) lines.push(`${address} ${name}`);
    // Written in place: the file is bind-mounted into running pods.
    return writeFile(hostsFile, `${lines.join("\n")}\n`);
  };
  await setHosts(new Map());
  const certificates = join(folder, "ssl", "certs");
  await mkdir(certificates, { recursive: true });
  await ip([`link add ${link} type bridge`, `addr add ${gateway}/16 dev ${link}`, `link set ${link} up`]);
  return {
    folder,
    gateway,
    setHosts,
    trust: (certificate) => copyFile(certificate, join(certificates, "ca-certificates.crt")),
    async addPod(pod) {
      pods += 1;
      const [space, host, address] = [`${prefix}${pod}`, `${prefix}v${pods}`, `10.${network}.1.${pods}`];
      const files = join("/etc/netns", space);
      await mkdir(files, { recursive: true });
      await symlink(hostsFile, join(files, "hosts"));
      await symlink(join(folder, "ssl"), join(files, "ssl"));
      await ip([
        `netns add ${space}`,
        `link add ${host} type veth peer name eth0 netns ${space}`,
        `link set ${host} master ${link} up`,
      ]);
      await ip(
        [
          `addr add ${address}/16 dev eth0`,
          "link set eth0 up",
          "link set lo up",
          `route add default via ${gateway}`,
        ],
        { space },
      );
      return { space, address };
    },
    close: release,
  };
}
