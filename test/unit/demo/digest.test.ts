import { describe, expect, test } from "vitest";
import { digestChallenge, isAuthorised, newNonce, parseDigest } from "#demo/camera/digest";

// HA1 = MD5("Mufasa:testrealm@host.com:Circle Of Life") is RFC 2617's; the response was made for RTSP with `openssl md5`.
const lock = {
  realm: "testrealm@host.com",
  nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
  username: "Mufasa",
  password: "Circle Of Life",
};
const uri = "rtsp://127.0.0.1:554/sub/";
const response = "0d5d745999d640a42ed0a2765a2d642c";
const header = `Digest username="Mufasa", realm="${lock.realm}", nonce="${lock.nonce}", uri="${uri}", response="${response}"`;

describe("isAuthorised", () => {
  test("accepts the right signature", () => {
    expect(isAuthorised("DESCRIBE", header, lock)).toBe(true);
    expect(isAuthorised("DESCRIBE", header.replaceAll(", ", ","), lock)).toBe(true);
    expect(isAuthorised("DESCRIBE", header.replace("Digest", "digest"), lock)).toBe(true);
  });

  test.each([
    ["no header", undefined],
    ["another scheme", `Basic ${Buffer.from("Mufasa:Circle Of Life").toString("base64")}`],
    ["another user", header.replace("Mufasa", "Scar")],
    ["another realm", header.replace("testrealm", "elsewhere")],
    ["an old nonce", header.replace(lock.nonce, newNonce())],
    ["another uri", header.replace("/sub/", "/main/")],
    ["a cut response", header.replace(response, response.slice(0, 31))],
    ["no response", header.replace(/, response=.*/, "")],
  ])("refuses %s", (_, given) => {
    expect(isAuthorised("DESCRIBE", given, lock)).toBe(false);
  });

  test("refuses a signature made for another method or password", () => {
    expect(isAuthorised("SETUP", header, lock)).toBe(false);
    expect(isAuthorised("DESCRIBE", header, { ...lock, password: "circle of life" })).toBe(false);
  });
});

test("with qop=auth the counters are part of the signature: RFC 2617's own example", () => {
  const example = `Digest username="Mufasa", realm="${lock.realm}", nonce="${lock.nonce}", uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1"`;
  expect(isAuthorised("GET", example, lock)).toBe(true);
  expect(isAuthorised("GET", example.replace("nc=00000001", "nc=00000002"), lock)).toBe(false);
  expect(isAuthorised("GET", example.replace("qop=auth", "qop=auth-int"), lock)).toBe(false);
  expect(isAuthorised("GET", example.replace(/ qop=auth, nc=\d+, cnonce="\w+",/, ""), lock)).toBe(false);
  expect(digestChallenge(lock, "auth")).toBe(`${digestChallenge(lock)}, qop="auth"`);
});

test("the challenge names realm and nonce and asks for MD5", () => {
  expect(digestChallenge(lock)).toBe(`Digest realm="${lock.realm}", nonce="${lock.nonce}", algorithm=MD5`);
});

test("quoted values may hold commas, equal signs and escaped quotes", () => {
  expect([...parseDigest('Digest a="x, y=\\"z\\"", b=7')]).toEqual([
    ["a", 'x, y="z"'],
    ["b", "7"],
  ]);
});
