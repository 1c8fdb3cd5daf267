import type { Scenario } from "../scenario.ts";
import { logCollectors } from "./log-collectors.ts";
import { logFields } from "./log-fields.ts";
import { logFile } from "./log-file.ts";
import { sampling } from "./sampling.ts";
import { spanCollectors } from "./span-collectors.ts";
import { spans } from "./spans.ts";

/** About one server and its clients, so they run one after the other. */
export const telemetryScenarios: Readonly<Record<string, Scenario>> = {
  "log-fields": logFields,
  "log-file": logFile,
  "log-collectors": logCollectors,
  spans: spans,
  "span-collectors": spanCollectors,
  sampling: sampling,
};
