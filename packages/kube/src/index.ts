export {
  Applier,
  type ApplierOptions,
} from "./apply/applier.ts";
export type { Bundle, Delivery } from "./apply/bundle.ts";
export { settleMs } from "./apply/make-before-break.ts";
export type { DriftMode } from "./apply/object-writer.ts";
export {
  adoptAnnotation,
  bundleIdAnnotation,
  bundleLabel,
  bundleLabelValue,
  deleteAnnotation,
  fieldManager,
  hashAnnotation,
  managedByLabel,
  ownedSelector,
} from "./apply/ownership.ts";
export type { DriftFinding } from "./apply/verify-object.ts";
export { waveOf } from "./apply/waves.ts";
export {
  type KubeAnswer,
  KubeClient,
  type KubeRequest,
  metadataListOnly,
  metadataOnly,
} from "./client/client.ts";
export {
  type ApiConnection,
  apiConnection,
  type Credentials,
  connectTo,
  inCluster,
} from "./client/connection.ts";
export { Discovery } from "./client/discovery.ts";
export { type ApiStatus, KubeError, type KubeErrorCode } from "./client/kube-error.ts";
export { fromKubeconfig } from "./client/kubeconfig.ts";
export { collectionPath, objectPath, type Resource } from "./client/resource.ts";
export { type Clock, type Random, systemClock } from "./clock.ts";
export { DriftWatch, type DriftWatchOptions } from "./drift/drift-watch.ts";
export { groupOf, type KubeObject, type ObjectKey, type ObjectMeta, objectKey } from "./kube-object.ts";
export type { Delta } from "./reflector/delta-batch.ts";
export { followCrds } from "./reflector/follow-crds.ts";
export { listPages, type Selection } from "./reflector/list-pages.ts";
export { Reflector, type ReflectorOptions, type ReflectorState } from "./reflector/reflector.ts";
