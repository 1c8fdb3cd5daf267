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
  /** Which of these speak gRPC. */
  readonly grpc?: readonly number[];
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
