export { configFrom, type HostAndPort, type ServerConfig } from "./config.ts";
export { type RunningServer, type ServerTiming, startServer } from "./server.ts";
export { version } from "./version.ts";
