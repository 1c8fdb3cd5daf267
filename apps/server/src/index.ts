export { configFrom, type HostAndPort, type ServerConfig } from "./config.ts";
export { type RunningServer, type ServerTiming, startServer } from "./server.ts";
export type { Stage, StageObserver } from "./telemetry/stage.ts";
export { version } from "./version.ts";
