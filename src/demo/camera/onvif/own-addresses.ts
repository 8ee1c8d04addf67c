import { networkInterfaces } from "node:os";

/** An IPv4 address of this machine and the subnet it stands in. */
export interface OwnAddress {
  readonly address: string;
  readonly netmask: string;
}

export function ownAddresses(): OwnAddress[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).filter(({ family }) => family === "IPv4").map(({ address, netmask }) => ({ address, netmask })),
  );
}

/** The address of ours that shares a subnet with this peer: the one under which the peer reaches us. Null when none does. */
export function addressFacing(peer: string, own: readonly OwnAddress[]): string | null {
  const facing = own.find(({ address, netmask }) => {
    const mask = bits(netmask);
    return ((bits(peer) ^ bits(address)) & mask) === 0;
  });
  return facing?.address ?? null;
}

function bits(address: string): number {
  return address.split(".").reduce((sum, part) => (sum << 8) | Number(part), 0);
}
