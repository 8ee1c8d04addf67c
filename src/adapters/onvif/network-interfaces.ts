import { networkInterfaces } from "node:os";

/** One IPv4 address of this computer. */
export interface OwnAddress {
  /** Name of the interface, such as `eth0`. */
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
}

/** More than any box has; a host full of containers is not asked a hundred times over. */
const MOST = 32;

/** Every IPv4 address of this computer, the loopback one included (a camera may run right here). */
export function ownAddresses(): OwnAddress[] {
  const found: OwnAddress[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { family, address, netmask } of addresses ?? []) {
      if (family === "IPv4") found.push({ name, address, netmask });
    }
  }
  return found.slice(0, MOST);
}

/** `eth0 192.168.1.5/24` */
export function describe({ name, address, netmask }: OwnAddress): string {
  const bits = number(netmask).toString(2).replace(/[^1]/g, "").length;
  return `${name} ${address}/${bits}`;
}

/** Whether an IPv4 address lies in the network of one of ours. */
export function inSubnet(address: string, own: OwnAddress): boolean {
  const mask = number(own.netmask);
  // Unsigned: bit operations of JavaScript are signed.
  return (number(address) & mask) >>> 0 === (number(own.address) & mask) >>> 0;
}

function number(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
