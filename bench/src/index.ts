export { type Measured, measure } from "./measure.ts";
