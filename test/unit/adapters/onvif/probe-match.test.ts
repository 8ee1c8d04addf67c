import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProbeMatches } from "#adapters/onvif/probe-match";
import { answerXml, matchXml } from "../../../fixtures/discovery-responder.js";

const LAN = { name: "eth0", address: "192.168.1.5", netmask: "255.255.255.0" };
const FROM = "192.168.1.20";
const XADDRS = `http://${FROM}/onvif/device_service`;
const read = (text: string, asked = ["abc"]) =>
  readProbeMatches(Buffer.from(text), { from: FROM, via: LAN, asked: new Set(asked) });

describe("an answer to a search", () => {
  it("names a camera, by its id in one spelling, with the words of its scopes", () => {
    const match = matchXml({ xaddrs: XADDRS, endpoint: "UUID:4D45-AB" });
    expect(read(answerXml("urn:uuid:ABC", match))).toEqual([
      {
        endpoint: "urn:uuid:4d45-ab",
        addresses: [{ secure: false, host: FROM, port: 80, path: "/onvif/device_service" }],
        name: "Front door",
        hardware: "Eye",
      },
    ]);
  });

  it("may hold several cameras, of which a bad one spoils no other", () => {
    const several = [
      matchXml({ xaddrs: XADDRS, endpoint: "urn:uuid:one-1" }),
      matchXml({ xaddrs: "http://10.0.0.1/", endpoint: "urn:uuid:two-2" }),
      "<d:ProbeMatch/>",
      matchXml({ xaddrs: XADDRS, endpoint: "urn:uuid:three-3" }),
    ];
    const found = read(answerXml("uuid:abc", ...several));
    expect(found?.map(({ endpoint }) => endpoint)).toEqual(["urn:uuid:one-1", "urn:uuid:three-3"]);
  });

  it("may leave out what it answers to, but not answer somebody else", () => {
    const answer = answerXml("urn:uuid:abc", matchXml({ xaddrs: XADDRS }));
    expect(read(answer.replace(/<wsa:RelatesTo>.*<\/wsa:RelatesTo>/, ""))).toHaveLength(1);
    expect(read(answer, ["other"])).toBeNull();
  });

  it("of a printer, a computer or a device without a name of its own counts for nothing", () => {
    const of = (fields: Parameters<typeof matchXml>[0]) =>
      read(answerXml("abc", matchXml({ xaddrs: XADDRS, ...fields })));
    expect(of({ types: "wprt:PrintDeviceType" })).toEqual([]);
    expect(of({ types: "pub:Computer", scopes: "" })).toEqual([]);
    expect(of({ types: "dn:NetworkVideoTransmitter", scopes: "" })).toHaveLength(1);
    expect(of({ types: "tds:Device" })).toHaveLength(1);
    expect(of({ endpoint: "" })).toEqual([]);
    expect(of({ endpoint: "urn:uuid:a b" })).toEqual([]);
  });

  it("says a name safe to print, however it is written", () => {
    const named = (name: string) =>
      read(answerXml("abc", matchXml({ xaddrs: XADDRS, scopes: `onvif://www.onvif.org/name/${name}` })))?.[0]?.name;
    expect(named("K%C3%BCche")).toBe("Küche");
    expect(named("a%1B%5B31mb%E2%80%AEc")).toBe("a [31mb c");
    expect(named("50%")).toBe("50%");
    expect(named("x".repeat(500))).toHaveLength(64);
  });

  it("never throws, whatever came", () => {
    const whole = answerXml("abc", matchXml({ xaddrs: XADDRS }));
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(60), fc.string(), (at, length, other) => {
        read(whole.slice(0, at) + other + whole.slice(at + length));
      }),
    );
  });
});
