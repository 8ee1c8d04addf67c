import { describe, expect, it } from "vitest";
import { createGate } from "#adapters/console/gate";

const LOCAL = { listen: { host: "127.0.0.1", port: 8481 }, trustedHosts: [], behindTlsProxy: false };
const PROXIED = { ...LOCAL, trustedHosts: ["door.example", "inside.example:8443"], behindTlsProxy: true };

describe("the Host header", () => {
  it.each(["127.0.0.1:8481", "localhost:8481", "[::1]:9000", "LOCALHOST"])("may be this computer's own: %s", (host) => {
    expect(createGate(LOCAL).knowsHost(host)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "evil.example",
    "evil.example:8481",
    "127.0.0.1.evil.example:8481",
    "localhost:8481@evil.example",
    "localhost:8481/x",
    "127.0.0.2:8481",
    "[::1",
    "localhost:",
    " localhost",
  ])("must not be another: %j", (host) => {
    expect(createGate(LOCAL).knowsHost(host)).toBe(false);
  });

  it("may be one that the configuration trusts, on the port it names or on any", () => {
    const { knowsHost } = createGate(PROXIED);
    expect(["door.example", "door.example:444", "inside.example:8443"].map(knowsHost)).toEqual([true, true, true]);
    expect(["inside.example", "inside.example:1", "x.door.example"].map(knowsHost)).toEqual([false, false, false]);
  });
});

describe("the Origin header", () => {
  it("must be of the same host, port and scheme", () => {
    const { isOwnOrigin } = createGate(LOCAL);
    const host = "127.0.0.1:8481";
    expect(isOwnOrigin("http://127.0.0.1:8481", host)).toBe(true);
    const foreign = ["http://127.0.0.1:8482", "https://127.0.0.1:8481", "http://localhost:8481", "http://evil.example"];
    for (const origin of [...foreign, "null", "", undefined, "http://127.0.0.1:8481/", "file://"])
      expect(isOwnOrigin(origin, host), String(origin)).toBe(false);
  });

  it("is of no use with a host that is not known", () => {
    expect(createGate(LOCAL).isOwnOrigin("http://evil.example", "evil.example")).toBe(false);
  });

  it("is https behind a proxy with TLS, without the port that goes without saying", () => {
    const { isOwnOrigin } = createGate(PROXIED);
    expect(isOwnOrigin("https://door.example", "door.example")).toBe(true);
    expect(isOwnOrigin("https://door.example", "door.example:443")).toBe(true);
    expect(isOwnOrigin("http://door.example", "door.example")).toBe(false);
    expect(isOwnOrigin("https://inside.example:8443", "inside.example:8443")).toBe(true);
  });
});
