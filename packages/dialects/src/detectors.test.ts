import { expect, test } from "vitest";
import { detectors } from "./detectors.ts";
import { dialects } from "./index.ts";

test("agents have the detector of every dialect", () => {
  expect(detectors).toEqual(dialects.map(({ detector }) => detector));
});
