import { must } from "./host-command.ts";
import type { Segment, Wiring } from "./wiring.ts";

/** A router between segments, in a network namespace of its own: the host forwards nothing. */
export interface Router {
  /** The space between, which every segment reaches and which reaches none. */
  readonly between: Segment;
  /** Its address in a segment, to which pods there send what is not for the segment. */
  addressIn(segment: Segment): string;
}

/**
 * Leads from each segment to a new one between them, under an address of the router's there, and answers back; nothing else. Who tries
 * is told that there is no such network.
 */
export async function openRouter(wiring: Wiring, segments: readonly Segment[]): Promise<Router> {
  const between = await wiring.addSegment();
  const space = await wiring.addSpace("router");
  const addressIn = (segment: Segment) => segment.address(0, 254);
  await wiring.plug(space, between, "between", addressIn(between));
  for (const [index, segment] of segments.entries())
    await wiring.plug(space, segment, `net${index + 1}`, addressIn(segment));
  await must("ip", ["netns", "exec", space, "sh", "-ec", rules]);
  return { between, addressIn };
}

/** All of it is the namespace's own, and goes with it. */
const rules = `
iptables -P FORWARD DROP
iptables -A FORWARD -o between -j ACCEPT
iptables -A FORWARD -i between -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A FORWARD -j REJECT --reject-with icmp-net-unreachable
iptables -t nat -A POSTROUTING -o between -j MASQUERADE
echo 1 >/proc/sys/net/ipv4/ip_forward
`;
