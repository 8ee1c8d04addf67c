import { describe, expect, it } from "vitest";
import { mayReadHealth } from "#adapters/console/health";
import { codeOf } from "#errors";

const TOKEN = "a token that nobody guesses";
const from = (remoteAddress: string, headers: Record<string, string> = {}) => ({ headers, socket: { remoteAddress } });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("who may read health and metrics", () => {
  it("programs on this computer, and nobody else, when there is no token", () => {
    const may = mayReadHealth({ token: null, behindTlsProxy: false });
    for (const own of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) expect(may(from(own)), own).toBe(true);
    for (const other of ["192.168.1.5", "::ffff:192.168.1.5", "fe80::1", "1270.0.0.1", "::11", ""])
      expect(may(from(other)), other).toBe(false);
    expect(may({ headers: {}, socket: {} })).toBe(false);
    expect(may(from("192.168.1.5", bearer("anything at all, really")))).toBe(false);
  });

  it("whoever sends the token, from anywhere; a wrong one is refused even here", () => {
    for (const behindTlsProxy of [false, true]) {
      const may = mayReadHealth({ token: TOKEN.replaceAll(" ", "-"), behindTlsProxy });
      expect(may(from("192.168.1.5", bearer(TOKEN.replaceAll(" ", "-"))))).toBe(true);
      expect(may(from("127.0.0.1", bearer("wrong")))).toBe(false);
      expect(may(from("192.168.1.5", { authorization: `Basic ${TOKEN}` }))).toBe(false);
    }
  });

  it("nobody without the token behind a proxy, told of or not: everybody seems to come from here", () => {
    expect(mayReadHealth({ token: null, behindTlsProxy: true })(from("127.0.0.1"))).toBe(false);
    const may = mayReadHealth({ token: null, behindTlsProxy: false });
    for (const header of ["x-forwarded-for", "x-real-ip", "forwarded", "via", "x-forwarded-host"])
      expect(may(from("127.0.0.1", { [header]: "203.0.113.9" })), header).toBe(false);
  });

  it("a token that can be guessed is refused at the start", () => {
    expect(() => mayReadHealth({ token: "x".repeat(15), behindTlsProxy: false })).toThrow(
      expect.toSatisfy((error) => codeOf(error) === "LIMEN_CONSOLE_PASSWORD"),
    );
  });
});
