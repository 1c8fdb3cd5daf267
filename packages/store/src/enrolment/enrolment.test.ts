import { describe, expect, it } from "vitest";
import { testClock } from "../testing/test-clock.ts";
import { execute, useTestServer } from "../testing/test-database.ts";
import { retryWindowMs } from "./enrolment-repository.ts";

const server = useTestServer();

describe("an enrolment token", () => {
  it("is used by one of 50 keys that race for it", async () => {
    const { enrolment } = await server.store();
    const { token } = await enrolment.createToken("eu-1", 60_000);
    const racers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => enrolment.consume(token, `key-${i}`)),
    );
    const won = racers.filter((racer) => racer.status === "fulfilled");
    expect(won.map(({ value }) => value)).toEqual([{ cluster: "eu-1" }]);
    for (const racer of racers)
      if (racer.status === "rejected") expect(racer.reason).toMatchObject({ code: "EnrolmentTokenUsed" });
  });

  it("can be used again by the same key for a while, counted from the first use", async () => {
    const clock = testClock();
    const { enrolment } = await server.store({ clock });
    const { token } = await enrolment.createToken("eu-1", 10 * retryWindowMs);
    await enrolment.consume(token, "key");
    clock.advance(retryWindowMs - 1);
    expect(await enrolment.consume(token, "key")).toEqual({ cluster: "eu-1" });
    clock.advance(2);
    await expect(enrolment.consume(token, "key")).rejects.toMatchObject({ code: "EnrolmentTokenUsed" });
  });

  it("expires, and is forgotten", async () => {
    const clock = testClock();
    const { enrolment } = await server.store({ clock });
    const { token, expiresAt } = await enrolment.createToken("eu-1", 1_000);
    expect(Date.parse(expiresAt)).toBe(clock.now() + 1_000);
    clock.advance(1_000);
    await expect(enrolment.consume(token, "key")).rejects.toMatchObject({ code: "EnrolmentTokenExpired" });
    clock.advance(1);
    expect(await enrolment.dropExpired()).toBe(1);
    await expect(enrolment.consume(token, "key")).rejects.toMatchObject({ code: "EnrolmentTokenUnknown" });
  });

  it("is nowhere in the database", async () => {
    const { enrolment, url } = await server.store();
    const { token } = await enrolment.createToken("eu-1", 1_000);
    const rows = await execute(url, "SELECT * FROM enrolment_tokens");
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token.slice(-20));
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
