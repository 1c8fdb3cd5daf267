export { shopFacts } from "./samples.ts";
export { startTestAgent, type TestAgent, type TestAgentOptions } from "./test-agent.ts";
export { startProxy, type TestProxy } from "./test-proxy.ts";
export { hasRedis, startRedis } from "./test-redis.ts";
