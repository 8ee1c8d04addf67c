import { describe, expect, test } from "vitest";
import { passwordDigest, readUsernameToken, TokenJudge, type UsernameToken } from "#demo/camera/onvif/username-token";

// The first digest is the worked example of ONVIF's Application Programmer's Guide §6.1.1.3, both were made with `openssl sha1`.
const NONCE = "LKqI6G/AikKCQrN0zqZFlg==";
const CREATED = "2010-09-16T07:50:45Z";
const NOW_MS = Date.parse(CREATED) + 1000;
const DIGESTS = [
  ["userpassword", "tuOSpGlFlIXsozq4HFNeeGeFLEI="],
  ['p@ss"w<rd&1', "8p85mVsTz2YUDCJ4Us/xjsXM51I="],
] as const;
const account = { username: "user", password: "userpassword" };
const token: UsernameToken = { username: "user", digest: DIGESTS[0][1], nonce: NONCE, created: CREATED };

const header = (username: string, type = "PasswordDigest"): string => `<s:Header><wsse:Security><wsse:UsernameToken>
  <wsse:Username>${username}</wsse:Username>
  <wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#${type}">${DIGESTS[0][1]}</wsse:Password>
  <wsse:Nonce EncodingType="Base64Binary">${NONCE}</wsse:Nonce><wsu:Created>${CREATED}</wsu:Created>
  </wsse:UsernameToken></wsse:Security></s:Header>`;

test.each(DIGESTS)("the digest of %s is the published one", (password, digest) => {
  expect(passwordDigest(Buffer.from(NONCE, "base64"), CREATED, password)).toBe(digest);
});

describe("readUsernameToken", () => {
  test("reads the four parts, whatever the prefixes, and unescapes the name", () => {
    expect(readUsernameToken(header("user"))).toEqual(token);
    expect(readUsernameToken(header("user").replaceAll(/wsse:|wsu:/g, ""))).toEqual(token);
    expect(readUsernameToken(header("a&lt;b&amp;&#x63;"))).toMatchObject({ username: "a<b&c" });
  });

  test.each([
    ["no header", "<s:Envelope/>"],
    ["a password in clear text", header("user", "PasswordText")],
    ["no nonce", header("user").replace(/<wsse:Nonce.*Nonce>/, "")],
    ["no time", header("user").replace(/<wsu:Created>.*<\/wsu:Created>/, "")],
    ["a name with elements in it", header("<b>user</b>")],
  ])("finds none in %s", (_, message) => {
    expect(readUsernameToken(message)).toBeNull();
  });
});

describe("the judge", () => {
  test("takes a right token once, and never again", () => {
    const judge = new TokenJudge();
    expect(judge.judge(token, account, NOW_MS)).toBe("right");
    expect(judge.judge(token, account, NOW_MS)).toBe("stale");
    expect(judge.judge(token, account, NOW_MS + 4 * 60_000)).toBe("stale");
  });

  test.each([
    ["another user", { ...token, username: "root" }],
    ["another password", { ...token, digest: DIGESTS[1][1] }],
    ["no digest at all", { ...token, digest: "" }],
    ["a nonce of another token", { ...token, nonce: "AAAA" }],
  ])("finds %s wrong, and does not keep it", (_, wrong) => {
    const judge = new TokenJudge();
    expect(judge.judge(wrong, account, NOW_MS)).toBe("wrong");
    expect(judge.judge(token, account, NOW_MS)).toBe("right");
  });

  test.each([
    ["more than five minutes old", CREATED, NOW_MS + 5 * 60_000],
    ["from the future", CREATED, NOW_MS - 6 * 60_000],
    ["without a time", "yesterday", NOW_MS],
  ])("finds a token %s stale, which is not the password's fault", (_, created, nowMs) => {
    expect(new TokenJudge().judge({ ...token, created }, account, nowMs)).toBe("stale");
  });

  test("takes a nonce again with another time: that takes the password", () => {
    const judge = new TokenJudge();
    const created = "2010-09-16T07:50:46Z";
    const digest = passwordDigest(Buffer.from(NONCE, "base64"), created, account.password);
    expect(judge.judge(token, account, NOW_MS)).toBe("right");
    expect(judge.judge({ ...token, created, digest }, account, NOW_MS)).toBe("right");
    expect(judge.judge({ ...token, created }, account, NOW_MS)).toBe("wrong");
  });

  test("forgets tokens that have long been too old, and remembers those that have not", () => {
    const judge = new TokenJudge();
    const made = (index: number, createdMs: number): UsernameToken => {
      const nonce = Buffer.from(`nonce ${index}`);
      const created = new Date(createdMs).toISOString();
      const digest = passwordDigest(nonce, created, account.password);
      return { username: "user", digest, nonce: nonce.toString("base64"), created };
    };
    for (let index = 0; index < 200; index += 1) {
      const atMs = NOW_MS + index * 60_000;
      expect(judge.judge(made(index, atMs), account, atMs)).toBe("right");
      expect(judge.judge(made(index, atMs), account, atMs + 60_000)).toBe("stale");
    }
  });
});
