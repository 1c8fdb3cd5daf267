/**
 * The DNS name that every certificate of a relay's listener carries and every agent asks for. Servers are known by their authority; addresses
 * change with load balancers and tunnels, and may be mere IP addresses.
 */
export const relayServerName = "relay.heddle.internal";
