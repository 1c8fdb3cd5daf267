import type { KubeClient } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import type { Clock } from "../clock.ts";
import { Reflector } from "./reflector.ts";

/** Keeps discovery true while CRDs come, change and go. `onChange` is called after each batch of changes, also the first. Returns when aborted. */
export async function followCrds(options: {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly onChange?: () => void;
}): Promise<void> {
  const { client, discovery, signal, clock, onChange } = options;
  const reflector = new Reflector({
    client,
    discovery,
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadataOnly: true,
    project: () => true,
    onDelta: () => {
      discovery.invalidate();
      onChange?.();
    },
    ...(clock ? { clock } : {}),
  });
  await reflector.run(signal);
}
