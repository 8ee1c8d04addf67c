import { expect, it } from "vitest";
import { describe as describeAddress, inSubnet, ownAddresses } from "#adapters/onvif/network-interfaces";

it.each<[string, string, string, boolean]>([
  ["192.168.1.20", "192.168.1.5", "255.255.255.0", true],
  ["192.168.2.20", "192.168.1.5", "255.255.255.0", false],
  ["192.168.2.20", "192.168.1.5", "255.255.0.0", true],
  ["223.1.1.1", "223.1.1.2", "255.255.255.254", false],
  ["10.1.2.3", "10.1.2.3", "255.255.255.255", true],
  ["8.8.8.8", "10.1.2.3", "0.0.0.0", true],
])("%s is in the network of %s/%s: %s", (address, own, netmask, is) => {
  expect(inSubnet(address, { name: "eth0", address: own, netmask })).toBe(is);
});

it("the addresses of this computer are there, loopback too, and read well", () => {
  expect(ownAddresses()).toContainEqual({ name: expect.any(String), address: "127.0.0.1", netmask: "255.0.0.0" });
  expect(describeAddress({ name: "eth0", address: "10.0.0.7", netmask: "255.255.252.0" })).toBe("eth0 10.0.0.7/22");
});
