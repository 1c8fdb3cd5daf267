import type { Scene } from "./scene.ts";

interface ClusterConfig {
  readonly round_robin_lb_config?: object;
  readonly least_request_lb_config?: object;
  readonly ring_hash_lb_config?: object;
  readonly maglev_lb_config?: object;
  readonly upstream_connection_options?: object;
}

/** What a client's proxy itself says that it runs with for calls to the scenario's service at port 8080: Envoy's `/config_dump`. */
export async function runningWith(scene: Scene, from = "front"): Promise<ClusterConfig | undefined> {
  const { name, namespace } = scene.service;
  const cluster = `outbound|8080||${name}.${namespace}.svc.cluster.local`;
  const only = `resource=dynamic_active_clusters&name_regex=${encodeURIComponent(`.*\\|${name}\\.${namespace}\\..*`)}`;
  const { body } = await scene.one({ from, address: "127.0.0.1", port: 15000, path: `/config_dump?${only}` });
  const { configs = [] } = JSON.parse(body) as { configs?: { cluster: { name: string } & ClusterConfig }[] };
  return configs.find((found) => found.cluster.name === cluster)?.cluster;
}
