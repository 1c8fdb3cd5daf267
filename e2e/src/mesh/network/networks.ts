import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Claim, claimNetwork } from "./claim.ts";
import { joinSegment, type Network } from "./network.ts";
import { openRouter } from "./router.ts";
import { Wiring } from "./wiring.ts";

/** A network for the one cluster of a run; closing it removes the bridge, every pod on it, and all files. */
export async function openNetwork(): Promise<Network & { close(): Promise<void> }> {
  const { of, close } = await claimed(async (claim) => {
    const wiring = new Wiring(claim);
    const segment = await wiring.addSegment();
    return joinSegment({ wiring, segment, folder: claim.folder, namePrefix: "", place: 0 });
  });
  return { ...of, close };
}

/** The networks of a run with several clusters. */
export interface Networks {
  /** For files of all clusters; readable by the sidecars' user. */
  readonly folder: string;
  /** Of the clusters, in the order asked for. */
  readonly of: readonly Network[];
  /** Removes every bridge, every pod, and all files. */
  close(): Promise<void>;
}

/**
 * Networks for up to three clusters. With `separate` each has a bridge of its own, and its pods are seen by others only where they have an
 * address in the space between; otherwise all are on one bridge. Names of clusters become part of the pods' namespaces' names.
 */
export function openNetworks(
  clusters: readonly string[],
  { separate }: { readonly separate: boolean },
): Promise<Networks> {
  return claimed(async (claim) => {
    const wiring = new Wiring(claim);
    const shared = await wiring.addSegment();
    const segments = [shared];
    while (separate && segments.length < clusters.length) segments.push(await wiring.addSegment());
    const router = separate ? await openRouter(wiring, segments) : undefined;
    const of: Network[] = [];
    for (const [place, cluster] of clusters.entries()) {
      const folder = join(claim.folder, cluster);
      await mkdir(folder, { mode: 0o755 });
      const segment = segments[place] ?? shared;
      of.push(await joinSegment({ wiring, segment, folder, namePrefix: `${cluster}-`, place, router }));
    }
    return of;
  });
}

/** Takes a claim, which goes with what was made for it or if that fails. */
async function claimed<T>(
  make: (claim: Claim) => Promise<T>,
): Promise<{ folder: string; of: T; close: () => Promise<void> }> {
  const claim = await claimNetwork();
  try {
    return { folder: claim.folder, of: await make(claim), close: claim.release };
  } catch (error) {
    await claim.release();
    throw error;
  }
}
