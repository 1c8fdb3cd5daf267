import type { DestinationFact } from "@heddle/api";

type Port = DestinationFact["ports"][number];

/** Protocols of ports as Istio selects them (istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection). */
export function speaksHttp2({ name, appProtocol }: Port): boolean {
  return appProtocol === undefined
    ? /^(grpc(?!-web)|http2)(-|$)/.test(name ?? "")
    : ["grpc", "http2", "kubernetes.io/h2c"].includes(appProtocol);
}

/** Whether the port is known to speak HTTP, of whatever version, so that its requests are routed and not its connections. */
export function speaksHttp(port: Port): boolean {
  const said = port.appProtocol ?? port.name ?? "";
  return speaksHttp2(port) || /^(http|grpc-web|kubernetes\.io\/ws$)(-|$)/.test(said);
}

/** Whether a port that says its protocol carries requests that proxies see. */
export function carriesRequests({ protocol }: { readonly protocol: string }): boolean {
  return ["HTTP", "HTTP2", "GRPC"].includes(protocol);
}
