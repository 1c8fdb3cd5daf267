import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ip } from "./host-command.ts";
import type { Router } from "./router.ts";
import type { Segment, Wiring } from "./wiring.ts";

/** A pod's network namespace and its addresses. */
export interface Place {
  readonly space: string;
  readonly address: string;
  /** Of a gateway between networks: where the others see it. */
  readonly outside?: string;
}

/** What one cluster has of a segment: addresses for its pods and its istiod, and what names mean to them. */
export interface Network {
  /** Of the cluster's files; readable by the sidecars' user. */
  readonly folder: string;
  /** Where pods see the cluster's istiod, which runs on the host. */
  readonly istiod: string;
  /** With `outside`, also with an address in the space between networks, which must be there. */
  addPod(pod: string, options?: { readonly outside?: boolean }): Promise<Place>;
  /** The one certificate that the system of every pod trusts, in place of the machine's own; a PEM file. */
  trust(certificate: string): Promise<void>;
  /** What names mean, in every pod at once. */
  setHosts(hosts: ReadonlyMap<string, string>): Promise<void>;
}

export interface Membership {
  readonly wiring: Wiring;
  readonly segment: Segment;
  readonly folder: string;
  /** What its pods' namespaces are called, before the name of the pod; empty where the run has one cluster. */
  readonly namePrefix: string;
  /** Which of the run's clusters it is, counted from 0. */
  readonly place: number;
  /** Where there are other segments. */
  readonly router?: Router | undefined;
}

export async function joinSegment(membership: Membership): Promise<Network> {
  const { wiring, segment, folder, namePrefix, place, router } = membership;
  const hostsFile = join(folder, "hosts");
  const istiod = segment.address(0, place + 1);
  if (istiod !== segment.host) await segment.addHostAddress(istiod);
  let pods = 0;
  const setHosts = (hosts: ReadonlyMap<string, string>) => {
    const lines = ["127.0.0.1 localhost", `${istiod} istiod.istio-system.svc`];
    for (const [name, address] of hosts) lines.push(`${address} ${name}`);
    // Written in place: the file is bind-mounted into running pods.
    return writeFile(hostsFile, `${lines.join("\n")}\n`);
  };
  const certificates = join(folder, "ssl", "certs");
  await mkdir(certificates, { recursive: true });
  await setHosts(new Map());
  return {
    folder,
    istiod,
    setHosts,
    trust: (certificate) => copyFile(certificate, join(certificates, "ca-certificates.crt")),
    async addPod(pod, { outside = false } = {}) {
      pods += 1;
      const number = pods;
      const files = { hosts: hostsFile, ssl: join(folder, "ssl") };
      const space = await wiring.addSpace(`${namePrefix}${pod}`, files);
      const address = segment.address(place + 1, number);
      await wiring.plug(space, segment, "eth0", address);
      await ip([`route add default via ${router?.addressIn(segment) ?? segment.host}`], { space });
      if (!outside) return { space, address };
      if (router === undefined) throw new Error(`${pod} is to have a leg in a space between: there is none`);
      const leg = router.between.address(place + 1, number);
      await wiring.plug(space, router.between, "eth1", leg);
      return { space, address, outside: leg };
    },
  };
}
