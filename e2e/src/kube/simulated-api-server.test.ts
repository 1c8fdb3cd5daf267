import { applierContract } from "./applier-contract.ts";
import { applierFaultsContract } from "./applier-faults-contract.ts";
import { simulatedApiServer } from "./contract-server.ts";
import { driftWatchContract } from "./drift-watch-contract.ts";
import { finalizersContract } from "./finalizers-contract.ts";
import { makeBeforeBreakContract } from "./make-before-break-contract.ts";
import { reflectorContract } from "./reflector-contract.ts";

applierContract("the simulated API server", simulatedApiServer);
applierFaultsContract("the simulated API server", simulatedApiServer);
driftWatchContract("the simulated API server", simulatedApiServer);
finalizersContract("the simulated API server", simulatedApiServer);
makeBeforeBreakContract("the simulated API server", simulatedApiServer);
reflectorContract("the simulated API server", simulatedApiServer);
