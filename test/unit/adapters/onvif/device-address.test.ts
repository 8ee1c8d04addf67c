import { describe, expect, it } from "vitest";
import { believableAddresses, shortAddress, writtenAddress } from "#adapters/onvif/device-address";

const LAN = { name: "eth0", address: "192.168.1.5", netmask: "255.255.255.0" };
const LOOPBACK = { name: "lo", address: "127.0.0.1", netmask: "255.0.0.0" };
const FROM = "192.168.1.20";
const believed = (xaddrs: string, from = FROM, via = LAN) => believableAddresses(xaddrs, from, via);

describe("an announced address", () => {
  it("is believed at the host that announced it", () => {
    expect(believed(`http://${FROM}/onvif/device_service`)).toEqual([
      { secure: false, host: FROM, port: 80, path: "/onvif/device_service" },
    ]);
    expect(believed(`http://${FROM}:8899`)[0]).toMatchObject({ port: 8899, path: "/onvif/device_service" });
  });

  it("is picked out of several; plain http before https, whatever the order", () => {
    const several = `http://10.0.0.1/x https://${FROM}/onvif http://[fe80::1]/onvif\n http://${FROM}:8080/onvif`;
    expect(believed(several).map(({ secure, port }) => [secure, port])).toEqual([
      [false, 8080],
      [true, 443],
    ]);
  });

  it.each([
    "http://192.168.1.21/onvif",
    "http://127.0.0.1/onvif",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost/onvif",
    "http://camera.lan/onvif",
    `http://${FROM}.evil.example/onvif`,
    `http://${FROM}@10.0.0.1/onvif`,
    `http://user:pw@${FROM}/onvif`,
    `http://10.0.0.1#@${FROM}/onvif`,
    `http://10.0.0.1\\@${FROM}/onvif`,
    `ftp://${FROM}/onvif`,
    `file:///etc/passwd`,
    `javascript:alert(1)`,
    `gopher://${FROM}:80/_GET`,
    `//${FROM}/onvif`,
    FROM,
    `http:/${FROM}/onvif`,
    `http:///${FROM}/onvif`,
    "http://3232235796/onvif",
    "http://0xc0a80114/onvif",
    "http://192.168.276/onvif",
    "http://0300.0250.1.024/onvif",
    "http://192.168.001.020/onvif",
    `http://[::ffff:${FROM}]/onvif`,
    `http://${FROM}:22/onvif`,
    `http://${FROM}:25/onvif`,
    `http://${FROM}:6379/onvif`,
    `http://${FROM}:1883/onvif`,
    `http://${FROM}:0/onvif`,
    `http://${FROM}:99999/onvif`,
    `http://${FROM}:-1/onvif`,
    `http://${FROM}/onvif?x=http://10.0.0.1`,
    `http://${FROM}/onvif#x`,
    `http://${FROM}/%0d%0aHost:x`,
    `http://${FROM}/ö`,
    `http://${FROM}/${"a".repeat(300)}`,
    "http://0.0.0.0/onvif",
    "http://255.255.255.255/onvif",
    "http://239.255.255.250/onvif",
    "",
  ])("is not believed: %s", (xaddr) => {
    expect(believed(xaddr)).toEqual([]);
  });

  it.each([
    ["of another network", "10.0.0.7", LAN],
    ["of a loopback address over the network", "127.0.0.1", LAN],
    ["of the network over loopback", "192.168.1.20", LOOPBACK],
    ["of the cloud's metadata service", "169.254.169.254", { ...LAN, address: "169.254.1.1", netmask: "255.255.0.0" }],
    ["of a multicast group", "239.255.255.250", { ...LAN, address: "239.0.0.1" }],
    ["that is no IPv4 address", "fe80::1", LAN],
  ])("is not believed from a sender %s", (_, from, via) => {
    expect(believed(`http://${from}/onvif`, from, via)).toEqual([]);
  });

  it("may be loopback when it came over loopback, and link-local from a neighbour", () => {
    expect(believed("http://127.0.0.2:8080/", "127.0.0.2", LOOPBACK)).toHaveLength(1);
    const link = { name: "eth0", address: "169.254.3.4", netmask: "255.255.0.0" };
    expect(believed("http://169.254.9.9/", "169.254.9.9", link)).toHaveLength(1);
  });

  it("counts only among the first eight", () => {
    expect(believed(`${"http://10.0.0.1/ ".repeat(8)}http://${FROM}/`)).toEqual([]);
  });
});

it("an operator's address may have any port and name, and comes back as it was written", () => {
  for (const text of ["192.168.1.20", "camera.lan:8000", "10.0.0.1:22"])
    expect(shortAddress(writtenAddress(text))).toBe(text);
  expect(writtenAddress("cam:443")).toMatchObject({ secure: true, host: "cam", port: 443 });
});
