import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CameraAccount } from "#demo/camera/account";
import { parseDigest } from "#demo/camera/digest";
import { passwordDigest, type UsernameToken } from "#demo/camera/onvif/username-token";

const NOW_MS = Date.UTC(2026, 0, 1);
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
let made = 0;

function token(password: string, createdMs = NOW_MS): UsernameToken {
  made += 1;
  const nonce = Buffer.from(`nonce ${made}`);
  const created = new Date(createdMs).toISOString();
  const digest = passwordDigest(nonce, created, password);
  return { username: "u", digest, nonce: nonce.toString("base64"), created };
}

/** The Authorization header of somebody who knows a password and was given this challenge. */
function signed(challenge: string, password: string): string {
  const [realm, nonce] = ["realm", "nonce"].map((name) => parseDigest(challenge).get(name) ?? "");
  const response = md5(`${md5(`u:${realm}:${password}`)}:${nonce}:${md5("GET:/x")}`);
  return `Digest username="u", realm="${realm}", nonce="${nonce}", uri="/x", response="${response}"`;
}

const open = (locksAfter: number | null = null) => new CameraAccount({ username: "u", password: "one", locksAfter });

describe("an account", () => {
  test("is one for stream and ONVIF: a new password counts for both, and voids the old challenge", () => {
    const account = open();
    const old = account.challenge();
    expect(account.acceptsDigest("GET", signed(old, "one"))).toBe(true);
    account.setPassword("two");
    expect(account.acceptsDigest("GET", signed(old, "two"))).toBe(false);
    expect(account.acceptsDigest("GET", signed(account.challenge(), "one"))).toBe(false);
    expect(account.acceptsDigest("GET", signed(account.challenge("auth"), "two"))).toBe(true);
    expect(account.acceptsToken(token("one"), NOW_MS)).toBe(false);
    expect(account.acceptsToken(token("two"), NOW_MS)).toBe(true);
  });

  test("counts wrong passwords, and nothing else, as failures", () => {
    const account = open();
    const old = account.challenge();
    account.setPassword("two");
    account.acceptsDigest("GET", undefined);
    account.acceptsDigest("GET", signed(old, "one"));
    account.acceptsToken(null, NOW_MS);
    account.acceptsToken(token("two", NOW_MS - 3_600_000), NOW_MS);
    expect(account.failures).toBe(0);
    account.acceptsDigest("GET", signed(account.challenge(), "one"));
    account.acceptsToken(token("one"), NOW_MS);
    expect(account.failures).toBe(2);
  });

  test("locks itself after so many wrong passwords in a row, and then refuses the right one too", () => {
    const account = open(3);
    const tries = ["no", "no", "one", "no", "no"];
    for (const password of tries) account.acceptsToken(token(password), NOW_MS);
    expect(account.isLocked).toBe(false);
    account.acceptsDigest("GET", signed(account.challenge(), "no"));
    expect(account.isLocked).toBe(true);
    expect(account.acceptsToken(token("one"), NOW_MS)).toBe(false);
    expect(account.acceptsDigest("GET", signed(account.challenge(), "one"))).toBe(false);
    account.setLocked(false);
    expect(account.acceptsToken(token("one"), NOW_MS)).toBe(true);
  });
});
