import { expect, it } from "vitest";
import { inWaves, waveOf } from "./waves.ts";

const kind = (apiVersion: string, name: string) => ({ apiVersion, kind: name });

it("writes what is referred to before what refers to it", () => {
  const order = [
    kind("v1", "Namespace"),
    kind("v1", "ServiceAccount"),
    kind("rbac.authorization.k8s.io/v1", "RoleBinding"),
    kind("v1", "Secret"),
    kind("v1", "Service"),
    kind("networking.istio.io/v1", "DestinationRule"),
    kind("networking.istio.io/v1", "VirtualService"),
    kind("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
  ];
  expect(inWaves(order.toReversed()).flat()).toEqual(order);
});

it("knows a kind by its group, in any version", () => {
  expect(waveOf(kind("networking.istio.io/v1", "Gateway"))).toBeLessThan(
    waveOf(kind("gateway.networking.k8s.io/v1", "HTTPRoute")),
  );
  expect(waveOf(kind("networking.istio.io/v1beta1", "DestinationRule"))).toBe(
    waveOf(kind("networking.istio.io/v1", "DestinationRule")),
  );
  expect(waveOf(kind("example.com/v1", "Namespace"))).not.toBe(waveOf(kind("v1", "Namespace")));
});
