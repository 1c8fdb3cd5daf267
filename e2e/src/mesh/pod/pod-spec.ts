/** A pod of a test mesh, and the Deployment that it stands for. */
export interface PodSpec {
  /** Of the pod; unique in the mesh, at most 20 characters. */
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly app: string;
  readonly version: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where its program listens. */
  readonly ports: readonly number[];
  /** Where it listens for TLS of its own, with a certificate that nobody trusts. */
  readonly tlsPorts?: readonly number[];
  /** Its program collects telemetry instead, at these ports by gRPC and at `ports` by HTTP. */
  readonly collects?: readonly number[];
  /** Where it listens for TLS of its own, with a certificate for `trusted.example` that the system of every pod trusts. */
  readonly trustedTlsPorts?: readonly number[];
  /** Where it takes connections that begin with a PROXY header, and tells it. */
  readonly proxyPorts?: readonly number[];
  /** Where it counts requests for Envoy, by gRPC. */
  readonly limiterPorts?: readonly number[];
  /** Where it processes requests for Envoy, by gRPC. */
  readonly processorPorts?: readonly number[];
  /** Where others fetch a module of WebAssembly for their proxies. */
  readonly modulePorts?: readonly number[];
  /** Without one it is outside of the mesh: no capture, no identity. */
  readonly sidecar: boolean;
  /** Its proxy is a gateway of the mesh: it listens itself, and nothing is sent through it unasked. */
  readonly gateway?: true;
  /** Kubernetes does not know it, only its service account: it stands for a machine. */
  readonly machine?: true;
  /** Network that it is in; the mesh's only one unless set. */
  readonly network?: string;
  /** A gateway that leads from other networks to what is in its own. It has an address in the space between them. */
  readonly eastWest?: true;
  /** Told in its answers, where there are several. */
  readonly cluster?: string;
  /** `REGION/ZONE` of its node. */
  readonly zone?: string;
}

export interface ServiceSpec {
  readonly name: string;
  readonly namespace: string;
  /** Of the pods, in its namespace. */
  readonly selector: Readonly<Record<string, string>>;
  /** Port of the Service to port of the pod, or to its name: only machines have named ones. */
  readonly ports: Readonly<Record<number, number | string>>;
  /** What its ports speak that do not speak HTTP, as Istio reads it from a port's name: `tls`, `tcp`, `grpc`. */
  readonly protocols?: Readonly<Record<number, string>>;
  /** It leads to the gateway of this network, with the address at which others see its pod as its own. */
  readonly gatewayOf?: string;
}

/** A certificate with its key, CA certificates, or both. */
export interface SecretSpec {
  readonly name: string;
  readonly namespace: string;
  /** By the keys of a Secret of type `kubernetes.io/tls`: `tls.crt`, `tls.key`, `ca.crt`. */
  readonly data: Readonly<Record<string, string>>;
}

export function labelsOf(pod: PodSpec): Record<string, string> {
  return { ...pod.labels, app: pod.app, version: pod.version };
}

export function isSelected(service: ServiceSpec, pod: PodSpec): boolean {
  const labels = labelsOf(pod);
  return (
    !pod.machine &&
    pod.namespace === service.namespace &&
    Object.entries(service.selector).every(([name, value]) => labels[name] === value)
  );
}
