import type { DialectName, MeshFact, Resource } from "@heddle/api";
import { type FieldVerdict, fieldVerdicts } from "../translation/capability.ts";
import type { Dialect } from "../translation/dialect.ts";
import { isAllOrNothing } from "../world/generations.ts";
import { isPolicy, type Policy } from "../world/target-index.ts";

interface Judged {
  readonly verdicts: readonly FieldVerdict[];
  readonly unsupported: readonly string[];
}

/** Field verdicts of resources by mesh version. They depend on nothing else, so each is judged once per generation. */
export class VerdictCache {
  readonly #dialects: ReadonlyMap<DialectName, Dialect>;
  readonly #editions = new WeakMap<MeshFact, string>();
  readonly #judged = new WeakMap<Resource, Map<string, Judged>>();

  constructor(dialects: ReadonlyMap<DialectName, Dialect>) {
    this.#dialects = dialects;
  }

  verdicts(resource: Resource, mesh: MeshFact): readonly FieldVerdict[] {
    return this.#judge(resource, mesh).verdicts;
  }

  /** Whether the mesh cannot say the field at `path`, or any field below it. */
  unsupported(resource: Resource | undefined, mesh: MeshFact, path: string): boolean {
    if (resource === undefined) return false;
    return this.#judge(resource, mesh).unsupported.some(
      (at) => at === path || (at.startsWith(path) && (at[path.length] === "." || at[path.length] === "[")),
    );
  }

  /** Of a policy's versions the newest that is not kept out of a mesh; undefined when all are. */
  inForce(versions: readonly Policy[], mesh: MeshFact): Policy | undefined {
    return versions.find((version) => !this.keptOut(version, mesh));
  }

  /** A traffic policy with `onUnsupported: reject` is kept out of a mesh that cannot say all of it. */
  keptOut(resource: Resource, mesh: MeshFact): boolean {
    return isAllOrNothing(resource) && this.#judge(resource, mesh).unsupported.length > 0;
  }

  /** Verdicts know no more of a mesh than this. */
  #editionOf(mesh: MeshFact): string {
    let edition = this.#editions.get(mesh);
    if (edition === undefined) {
      edition = `${mesh.dialect} ${mesh.version} ${mesh.apis.join(",")}`;
      this.#editions.set(mesh, edition);
    }
    return edition;
  }

  #judge(resource: Resource, mesh: MeshFact): Judged {
    let byMesh = this.#judged.get(resource);
    if (byMesh === undefined) {
      byMesh = new Map();
      this.#judged.set(resource, byMesh);
    }
    const key = this.#editionOf(mesh);
    const known = byMesh.get(key);
    if (known !== undefined) return known;
    const dialect = this.#dialects.get(mesh.dialect);
    const verdicts =
      dialect === undefined || !(isPolicy(resource) || resource.kind in dialect.capabilities)
        ? []
        : fieldVerdicts(resource, mesh, dialect.capabilities, dialect.refine);
    const judged = {
      verdicts,
      unsupported: verdicts.filter(({ level }) => level === "unsupported").map(({ path }) => path),
    };
    byMesh.set(key, judged);
    return judged;
  }
}
