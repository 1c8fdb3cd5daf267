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
  /** Without one it is outside of the mesh: no capture, no identity. */
  readonly sidecar: boolean;
  /** Its proxy is a gateway of the mesh: it listens itself, and nothing is sent through it unasked. */
  readonly gateway?: true;
}

export interface ServiceSpec {
  readonly name: string;
  readonly namespace: string;
  /** Of the pods, in its namespace. */
  readonly selector: Readonly<Record<string, string>>;
  /** Port of the Service to port of the pod. */
  readonly ports: Readonly<Record<number, number>>;
  /** What its ports speak that do not speak HTTP, as Istio reads it from a port's name: `tls`, `tcp`. */
  readonly protocols?: Readonly<Record<number, string>>;
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
    pod.namespace === service.namespace &&
    Object.entries(service.selector).every(([name, value]) => labels[name] === value)
  );
}
