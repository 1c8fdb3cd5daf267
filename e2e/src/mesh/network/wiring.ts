import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Claim } from "./claim.ts";
import { ip } from "./host-command.ts";

/** A bridge with an address range of its own. The host does not forward what comes from it, so nothing leaves it but through a router. */
export interface Segment {
  readonly bridge: string;
  /** The bridge's own address: where the host is seen. */
  readonly host: string;
  /** The address with this number (1–254) in a block (0–63): the host and the router have the first, pods of a cluster one of their own. */
  address(block: number, number: number): string;
  /** One more address at which the host is seen. */
  addHostAddress(address: string): Promise<void>;
}

/** The bridges and network namespaces of one run. All their names carry the prefix of its claim, which removes them. */
export class Wiring {
  readonly claim: Claim;
  #segments = 0;
  #cables = 0;

  constructor(claim: Claim) {
    this.claim = claim;
  }

  /** At most four in a run. */
  async addSegment(): Promise<Segment> {
    const start = 64 * this.#segments;
    const bridge = `${this.claim.prefix}br${this.#segments || ""}`;
    this.#segments += 1;
    const address = (block: number, number: number) => `10.${this.claim.network}.${start + block}.${number}`;
    const host = address(0, 1);
    await ip([`link add ${bridge} type bridge`]);
    await doNotForward(bridge);
    const addHostAddress = (more: string) => ip([`addr add ${more}/${rangeBits} dev ${bridge}`]);
    await addHostAddress(host);
    await ip([`link set ${bridge} up`]);
    return { bridge, host, address, addHostAddress };
  }

  /** Makes a network namespace in which these files stand in `/etc`; returns its name. */
  async addSpace(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    const space = `${this.claim.prefix}${name}`;
    const folder = join("/etc/netns", space);
    await mkdir(folder, { recursive: true });
    for (const [file, target] of Object.entries(files)) await symlink(target, join(folder, file));
    await ip([`netns add ${space}`]);
    await ip(["link set lo up"], { space });
    return space;
  }

  /** Lays a cable from a namespace, where it is `device`, to a segment. */
  async plug(space: string, segment: Segment, device: string, address: string): Promise<void> {
    this.#cables += 1;
    const end = `${this.claim.prefix}v${this.#cables}`;
    await ip([
      `link add ${end} type veth peer name ${device} netns ${space}`,
      `link set ${end} master ${segment.bridge} up`,
    ]);
    await ip([`addr add ${address}/${rangeBits} dev ${device}`, `link set ${device} up`], { space });
  }
}

const rangeBits = 18;

/** Where the host is a router for others (Docker makes it one), it is none for this bridge. */
async function doNotForward(bridge: string): Promise<void> {
  const setting = `/proc/sys/net/ipv4/conf/${bridge}/forwarding`;
  if ((await readFile(setting, "utf8")).trim() !== "0") await writeFile(setting, "0");
}
