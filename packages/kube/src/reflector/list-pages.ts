import { type KubeClient, metadataListOnly } from "../client/client.ts";
import { collectionPath, type Resource } from "../client/resource.ts";
import type { KubeObject } from "../kube-object.ts";

/** Which objects of a kind. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ask for metadata only. */
  readonly metadataOnly?: boolean;
}

interface ObjectList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly Omit<KubeObject, "apiVersion" | "kind">[];
}

export interface ObjectPage {
  readonly items: readonly KubeObject[];
  /** Where a watch that misses nothing starts; the same for all pages. */
  readonly resourceVersion: string;
}

/** Lists page by page, so that never more than one page of raw objects is held. @throws KubeError, `Gone` when the list took too long. */
export async function* listPages(
  client: KubeClient,
  resource: Resource,
  selection: Selection,
  options: { pageSize?: number; signal?: AbortSignal } = {},
): AsyncGenerator<ObjectPage, void, void> {
  const { apiVersion, kind } = resource;
  let next: string | undefined;
  do {
    const { body } = await client.request<ObjectList>({
      path: collectionPath(resource, selection.namespace),
      query: {
        limit: options.pageSize ?? 500,
        continue: next,
        labelSelector: selection.labelSelector,
        fieldSelector: selection.fieldSelector,
      },
      ...(selection.metadataOnly ? { accept: metadataListOnly } : {}),
      signal: options.signal,
    });
    // Items of a typed list carry no type of their own.
    const items = (body.items ?? []).map((item) => ({ ...item, apiVersion, kind }) as KubeObject);
    yield { items, resourceVersion: body.metadata.resourceVersion };
    next = body.metadata.continue || undefined;
  } while (next !== undefined);
}
