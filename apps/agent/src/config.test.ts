import { describe, expect, it } from "vitest";
import { configFrom } from "./config.ts";

const pod = { KUBERNETES_SERVICE_HOST: "10.96.0.1", POD_NAMESPACE: "mesh-control" };

describe("configuration", () => {
  it("in a pod uses its service account, and a Secret of its namespace", async () => {
    expect(await configFrom(pod)).toMatchObject({
      kubeconfig: undefined,
      identity: { kind: "secret", namespace: "mesh-control", name: "heddle-agent-identity" },
      token: undefined,
      logLevel: "info",
    });
  });

  it("outside of one uses a kubeconfig and a folder", async () => {
    const config = await configFrom({ KUBECONFIG: "/k", HEDDLE_STATE_DIR: "/s", HEDDLE_TOKEN: "" });
    expect(config).toMatchObject({ kubeconfig: "/k", identity: { kind: "folder", path: "/s" } });
    expect(config.token).toBeUndefined();
  });

  it("prefers a kubeconfig that is given, also in a pod", async () => {
    expect(await configFrom({ ...pod, KUBECONFIG: "/k" })).toMatchObject({
      kubeconfig: "/k",
      identity: { kind: "folder" },
    });
  });

  it("does without a token file that is gone, and takes the token before the file", async () => {
    expect((await configFrom({ ...pod, HEDDLE_TOKEN_FILE: "/not/there" })).token).toBeUndefined();
    expect((await configFrom({ ...pod, HEDDLE_TOKEN: "t", HEDDLE_TOKEN_FILE: "/not/there" })).token).toBe(
      "t",
    );
  });

  it.each([
    ["HEDDLE_HEALTH_LISTEN", "8081"],
    ["LOG_LEVEL", "loud"],
  ])("names %s when it cannot be meant", async (variable, value) => {
    await expect(configFrom({ ...pod, [variable]: value })).rejects.toThrow(variable);
  });
});
