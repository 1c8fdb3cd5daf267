export { configFrom, type HostAndPort, type ServerConfig } from "./config.ts";
export { type RunningServer, startServer } from "./server.ts";
export { version } from "./version.ts";
