import { describe, expect, test } from "vitest";
import { readProbeMatches } from "#adapters/onvif/probe-match";
import { bye, hello, isWanted, type Probe, probeMatches, readProbe } from "#demo/camera/onvif/discovery-message";
import { addressFacing } from "#demo/camera/onvif/own-addresses";

const device = {
  endpoint: "urn:uuid:cam-1",
  scopes: ["onvif://www.onvif.org/name/Front", "onvif://www.onvif.org/location/a&b"],
  address: "http://10.0.0.9:80/onvif/device_service",
};
const sequence = { instance: 7, number: 3 };

/** As a client writes it that sends no more than it must. */
const plainProbe = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
  xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
  xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><a:MessageID>urn:uuid:x</a:MessageID>
  <a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></e:Header>
  <e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>`;

/** As another one does: other prefixes, line ends, a scope. */
const foreignProbe = `<?xml version="1.0"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Header>
  <wsa:MessageID>
    uuid:42
  </wsa:MessageID><wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>
  <wsa:Action mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action></Header>
  <Body><Probe><Types>a:Printer b:NetworkVideoTransmitter</Types><Scopes>onvif://www.onvif.org/name</Scopes></Probe></Body>
  </Envelope>`;

describe("readProbe", () => {
  test("reads the searches of different clients", () => {
    expect(readProbe(plainProbe)).toEqual({
      messageId: "urn:uuid:x",
      types: ["NetworkVideoTransmitter"],
      scopes: [],
    });
    expect(readProbe(foreignProbe)).toEqual({
      messageId: "uuid:42",
      types: ["Printer", "NetworkVideoTransmitter"],
      scopes: ["onvif://www.onvif.org/name"],
    });
    expect(readProbe(foreignProbe.replace(/<Types>.*<\/Scopes>/, ""))).toMatchObject({ types: [], scopes: [] });
  });

  test.each([
    ["nothing", ""],
    ["noise", "\u0000\u0001<<<"],
    ["a Hello", hello(device, "urn:uuid:m", sequence)],
    ["an answer", probeMatches("urn:uuid:x", [device], "urn:uuid:m", sequence)],
    ["a search without an id", foreignProbe.replace(/<wsa:MessageID>\s*uuid:42\s*<\/wsa:MessageID>/, "")],
    ["a search with an endless id", foreignProbe.replace("uuid:42", "x".repeat(5000))],
  ])("does not take %s for a search", (_, message) => {
    expect(readProbe(message)).toBeNull();
  });
});

test.each<[string, Partial<Probe>, boolean]>([
  ["everything", {}, true],
  ["cameras", { types: ["NetworkVideoTransmitter"] }, true],
  ["devices", { types: ["Device"] }, true],
  ["printers", { types: ["PrintDeviceType"] }, false],
  ["its name", { scopes: ["onvif://www.onvif.org/name/Front"] }, true],
  ["the beginning of its name's scope", { scopes: ["onvif://www.onvif.org/name"] }, true],
  ["half a word of its name", { scopes: ["onvif://www.onvif.org/name/Fro"] }, false],
  ["two scopes, one of them not its own", { scopes: [device.scopes[0] ?? "", "onvif://www.onvif.org/name/X"] }, false],
])("who looks for %s: %#", (_, asked, answer) => {
  expect(isWanted({ messageId: "m", types: [], scopes: [], ...asked }, device.scopes)).toBe(answer);
});

/** What Limen's own search makes of an answer to a question with this id. */
function readByLimen(answer: string, question: string) {
  const via = { name: "lan", address: "10.0.0.2", netmask: "255.0.0.0" };
  return readProbeMatches(Buffer.from(answer), { from: "10.0.0.9", via, asked: new Set([question]) });
}

describe("the answer", () => {
  const answer = probeMatches("urn:uuid:<x>", [device], "urn:uuid:m", sequence);

  test("names the search it belongs to, the device and its address, everything escaped", () => {
    expect(answer).toContain("<a:RelatesTo>urn:uuid:&lt;x&gt;</a:RelatesTo>");
    expect(answer).toContain("<d:Types>dn:NetworkVideoTransmitter</d:Types>");
    expect(answer).toContain("onvif://www.onvif.org/location/a&amp;b</d:Scopes>");
    expect(answer).toContain('<d:AppSequence InstanceId="7" MessageNumber="3"/>');
    expect(answer).toContain("/2005/04/discovery/ProbeMatches</a:Action>");
    const [found] = readByLimen(answer, "<x>") ?? [];
    expect(found).toMatchObject({
      endpoint: "urn:uuid:cam-1",
      addresses: [{ host: "10.0.0.9", port: 80 }],
      name: "Front",
    });
  });

  test("is not read as the answer to another search", () => {
    expect(readByLimen(answer, "y")).toBeNull();
    expect(readByLimen("nonsense", "y")).toBeNull();
  });

  test("may hold several devices; one without an address does not spoil the others", () => {
    const others = [
      { ...device, endpoint: "urn:uuid:cam-2", address: "" },
      { ...device, endpoint: "urn:uuid:cam-3" },
    ];
    const several = probeMatches("m", [device, ...others], "urn:uuid:m", sequence);
    expect(readByLimen(several, "m")?.map(({ endpoint }) => endpoint)).toEqual(["urn:uuid:cam-1", "urn:uuid:cam-3"]);
  });
});

test("a Hello tells everything, a Bye only who leaves", () => {
  expect(hello(device, "urn:uuid:m", sequence)).toContain(`<d:XAddrs>${device.address}</d:XAddrs>`);
  const left = bye(device.endpoint, "urn:uuid:m", sequence);
  expect(left).toContain("<a:Address>urn:uuid:cam-1</a:Address>");
  expect(left).not.toContain("XAddrs");
});

test("the address facing a peer is the one in its subnet", () => {
  const own = [
    { address: "127.0.0.1", netmask: "255.0.0.0" },
    { address: "192.168.1.20", netmask: "255.255.255.0" },
    { address: "10.9.0.1", netmask: "255.255.0.0" },
  ];
  const peers = ["127.0.0.9", "192.168.1.77", "10.9.200.3", "192.168.2.1", "8.8.8.8"];
  expect(peers.map((peer) => addressFacing(peer, own))).toEqual(["127.0.0.1", "192.168.1.20", "10.9.0.1", null, null]);
});
