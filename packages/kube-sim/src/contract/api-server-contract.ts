import { afterAll, beforeAll, describe } from "vitest";
import { accessContract } from "./access-contract.ts";
import { applyContract } from "./apply-contract.ts";
import { applyMergeContract } from "./apply-merge-contract.ts";
import { ContractClient, type ContractServer } from "./contract-client.ts";
import { customResourceContract } from "./custom-resource-contract.ts";
import { customSchemaContract } from "./custom-schema-contract.ts";
import { discoveryContract } from "./discovery-contract.ts";
import { errorContract } from "./error-contract.ts";
import { listContract } from "./list-contract.ts";
import { namespaceContract } from "./namespace-contract.ts";
import { objectContract } from "./object-contract.ts";
import { patchContract } from "./patch-contract.ts";
import { watchContract } from "./watch-contract.ts";

/**
 * What every part of Heddle expects of a Kubernetes API server, stated as tests on HTTPS requests and answers: the
 * observable behaviour of kube-apiserver 1.36. Runs on the simulator and on the real server; where they differ the
 * simulator is wrong.
 */
export function apiServerContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`API server contract: ${name}`, () => {
    let server: ContractServer | undefined;
    let client: ContractClient | undefined;
    beforeAll(async () => {
      server = await start();
      client = new ContractClient(server);
    });
    afterAll(async () => {
      client?.close();
      await server?.close();
    });
    const current = (): ContractClient => {
      if (client === undefined) throw new Error("the server has not started");
      return client;
    };
    discoveryContract(current);
    objectContract(current);
    errorContract(current);
    patchContract(current);
    applyContract(current);
    applyMergeContract(current);
    listContract(current);
    watchContract(current);
    customResourceContract(current);
    customSchemaContract(current);
    namespaceContract(current);
    accessContract(current);
  });
}
