export { type RunningAgent, startAgent } from "./agent.ts";
export { type AgentConfig, configFrom } from "./config.ts";
