import fc from "fast-check";

/** Property tests try the same cases in every run, so that a red run says something about the change; `HEDDLE_PROPERTY_SEED=random` looks for more. */
const seed = process.env["HEDDLE_PROPERTY_SEED"] ?? "20261121";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
