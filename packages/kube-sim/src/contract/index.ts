export { apiServerContract } from "./api-server-contract.ts";
export type { ContractServer } from "./contract-client.ts";
