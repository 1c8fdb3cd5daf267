import { readFileSync } from "node:fs";
import { apiServerContract } from "./contract/index.ts";
import { startKubeSim } from "./start-kube-sim.ts";

const { KUBE_CONTRACT_URL: url, KUBE_CONTRACT_CA: ca, KUBE_CONTRACT_TOKEN: adminToken } = process.env;

if (url !== undefined && ca !== undefined && adminToken !== undefined) {
  // A real API server that somebody has started, to hold the contract itself against.
  const server = {
    url,
    caPem: readFileSync(ca, "utf8"),
    adminToken,
    bookmarksSoon: process.env["KUBE_CONTRACT_SLOW"] === "1",
    close: () => undefined,
  };
  apiServerContract(url, () => Promise.resolve(server));
} else {
  apiServerContract("kube-sim", async () => {
    const sim = await startKubeSim({ bookmarkIntervalMs: 50 });
    return {
      url: sim.url,
      caPem: sim.caPem,
      adminToken: sim.adminToken,
      controllers: true,
      bookmarksSoon: true,
      close: () => sim.close(),
    };
  });
}
