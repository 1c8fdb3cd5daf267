export { startTestAgent, type TestAgent, type TestAgentOptions } from "./test-agent.ts";
export { hasRedis, startRedis } from "./test-redis.ts";
