import { describe, expect, it } from "vitest";
import { testClock } from "../testing/test-clock.ts";
import { useTestServer } from "../testing/test-database.ts";
import { retryWindowMs } from "./enrolment-repository.ts";

const server = useTestServer();
const hash = "5e".repeat(32);

describe("an enrolment token", () => {
  it("is used by one of 50 keys that race for it", async () => {
    const { enrolment } = await server.store();
    await enrolment.createToken("eu-1", hash, 60_000);
    const racers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => enrolment.consume(hash, `key-${i}`)),
    );
    const won = racers.filter((racer) => racer.status === "fulfilled");
    expect(won.map(({ value }) => value)).toEqual([{ cluster: "eu-1" }]);
    for (const racer of racers)
      if (racer.status === "rejected") expect(racer.reason).toMatchObject({ code: "EnrolmentTokenUsed" });
  });

  it("can be used again by the same key for a while, counted from the first use", async () => {
    const clock = testClock();
    const { enrolment } = await server.store({ clock });
    await enrolment.createToken("eu-1", hash, 10 * retryWindowMs);
    await enrolment.consume(hash, "key");
    clock.advance(retryWindowMs - 1);
    expect(await enrolment.consume(hash, "key")).toEqual({ cluster: "eu-1" });
    clock.advance(2);
    await expect(enrolment.consume(hash, "key")).rejects.toMatchObject({ code: "EnrolmentTokenUsed" });
  });

  it("expires, and is forgotten", async () => {
    const clock = testClock();
    const { enrolment } = await server.store({ clock });
    const { expiresAt } = await enrolment.createToken("eu-1", hash, 1_000);
    expect(Date.parse(expiresAt)).toBe(clock.now() + 1_000);
    clock.advance(1_000);
    await expect(enrolment.consume(hash, "key")).rejects.toMatchObject({ code: "EnrolmentTokenExpired" });
    clock.advance(1);
    expect(await enrolment.dropExpired()).toBe(1);
    await expect(enrolment.consume(hash, "key")).rejects.toMatchObject({ code: "EnrolmentTokenUnknown" });
  });
});

describe("an agent's certificate", () => {
  it("is renewed while it is good, and both hold", async () => {
    const clock = testClock();
    const { certificates } = await server.store({ clock });
    const inMs = (ms: number) => new Date(clock.now() + ms).toISOString();
    await certificates.issue({ serial: "01", cluster: "eu-1", notAfter: inMs(1_000) });
    clock.advance(500);
    const next = await certificates.renew("01", { serial: "02", notAfter: inMs(1_000) });
    expect(next).toMatchObject({ cluster: "eu-1", renews: "01", revokedAt: null });
    expect(await certificates.check("01")).toMatchObject({ serial: "01" });
    clock.advance(500);
    await expect(certificates.renew("01", { serial: "03", notAfter: inMs(1_000) })).rejects.toMatchObject({
      code: "CertificateExpired",
    });
    expect((await certificates.list("eu-1")).map(({ serial }) => serial)).toEqual(["02", "01"]);
  });

  it("is refused when revoked or never issued", async () => {
    const { certificates } = await server.store();
    const notAfter = "2999-01-01T00:00:00.000Z";
    for (const serial of ["01", "02"]) await certificates.issue({ serial, cluster: "eu-1", notAfter });
    expect(await certificates.revoke({ serial: "01" })).toEqual(["01"]);
    await expect(certificates.renew("01", { serial: "03", notAfter })).rejects.toMatchObject({
      code: "CertificateRevoked",
    });
    expect(await certificates.revoke({ cluster: "eu-1" })).toEqual(["02"]);
    expect(await certificates.revoke({ cluster: "eu-1" })).toEqual([]);
    await expect(certificates.check("99")).rejects.toMatchObject({ code: "CertificateUnknown" });
  });
});
