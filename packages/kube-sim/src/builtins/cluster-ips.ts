import { asArray, asObject, clone, isObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

/** Hands out cluster addresses from 10.96.0.0/16 and node ports from 30000, in order; what a Service asks for it gets. */
export class ServiceAllocator {
  #address = 10;
  #nodePort = 30_000;

  /** The service with its addresses; keeps what the previous version had. */
  allocate(service: KubeObject, previous: KubeObject | undefined): KubeObject {
    const spec = clone(asObject(service["spec"]));
    const before = asObject(previous?.["spec"]);
    const type = spec["type"];
    if (type === "ExternalName") return service;
    spec["clusterIP"] ??= before["clusterIP"] ?? this.#nextAddress();
    spec["clusterIPs"] ??= before["clusterIPs"] ?? [spec["clusterIP"]];
    spec["ipFamilies"] ??= before["ipFamilies"] ?? ["IPv4"];
    spec["ipFamilyPolicy"] ??= before["ipFamilyPolicy"] ?? "SingleStack";
    if (type === "NodePort" || type === "LoadBalancer") {
      const known = asArray(before["ports"]).map(asObject);
      for (const port of asArray(spec["ports"])) {
        if (!isObject(port) || spec["allocateLoadBalancerNodePorts"] === false) continue;
        const same = known.find((other) => other["port"] === port["port"]);
        port["nodePort"] ??= same?.["nodePort"] ?? this.#nodePort++;
      }
    }
    return { ...service, spec };
  }

  #nextAddress(): string {
    const next = this.#address++;
    return `10.96.${next >> 8}.${next & 255}`;
  }
}
