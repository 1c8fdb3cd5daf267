import { describe, expect, it } from "vitest";
import { createToken, decodeToken, encodeToken, tokenHash } from "./enrolment-token.ts";

describe("an enrolment token", () => {
  const token = createToken({ address: "relay.example:9900", pin: `sha256:${"ab".repeat(32)}` });

  it("reads back as it was written", () => {
    const text = encodeToken(token);
    expect(text).toMatch(/^heddle1\.[A-Za-z0-9_-]+$/);
    expect(decodeToken(` ${text}\n`)).toEqual(token);
  });

  it("is stored as SHA-256", () => {
    expect(tokenHash(Buffer.from("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it.each([
    "",
    "heddle1.",
    "heddle2.e30",
    "heddle1.e30",
    `heddle1.${Buffer.from('{"address":"a","pin":"sha256:00","secret":"s3cr3t"}').toString("base64url")}`,
  ])("refuses %j without repeating it", (text) => {
    expect(() => decodeToken(text)).toThrow(
      expect.objectContaining({
        code: "RELAY_TOKEN_MALFORMED",
        message: "The enrolment token is malformed.",
      }),
    );
  });
});
