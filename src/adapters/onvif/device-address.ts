import { isIPv4 } from "node:net";
import { inSubnet, type OwnAddress } from "#adapters/onvif/network-interfaces";

/** Where a device's ONVIF service answers. */
export interface DeviceAddress {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const DEFAULT_PATH = "/onvif/device_service";
const MOST_ADDRESSES = 8;
const LONGEST_ADDRESS = 256;
/** Where clouds keep the keys of their machines; no camera lives there. */
const METADATA_SERVICE = "169.254.169.254";
/** Below 1024 only where cameras are known to answer. */
const LOW_PORTS: readonly number[] = [80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 443, 888];
/** Ports above of services that a household may run, and that a stranger's answer shall not make us talk to. */
const OTHER_SERVICES: readonly number[] = [
  1433, 1521, 1883, 2049, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 5432, 5672, 5900, 5984, 5985, 5986, 6379,
  6443, 6667, 8123, 8200, 8480, 8500, 8883, 9000, 9090, 9092, 9200, 9300, 10250, 11211, 15672, 27017,
];

/**
 * The addresses of a ProbeMatch that may be asked: http or https to the very host the answer came from, which must be a neighbour
 * on the network it came in on. Everything else a stranger may write there (other hosts, names, cloud metadata, odd ports, user
 * names, queries) would make us knock at somebody else's door. Plain http first: cameras' TLS is often too old to talk to, and
 * no secret crosses either (the password is digested).
 */
export function believableAddresses(xaddrs: string, from: string, via: OwnAddress): DeviceAddress[] {
  if (!isNeighbour(from, via)) return [];
  const found = xaddrs
    .split(/\s+/)
    .filter((text) => text !== "")
    .slice(0, MOST_ADDRESSES)
    .map((text) => addressIn(text, from))
    .filter((address) => address !== null);
  return found.toSorted((a, b) => Number(a.secure) - Number(b.secure));
}

/** Loopback is a neighbour of itself only: an answer that really came over it. */
function isNeighbour(from: string, via: OwnAddress): boolean {
  if (!isIPv4(from) || from === METADATA_SERVICE || /^(?:0|22[4-9]|23\d|24\d|25[0-5])\./.test(from)) return false;
  return inSubnet(from, via);
}

function addressIn(text: string, from: string): DeviceAddress | null {
  if (text.length > LONGEST_ADDRESS || !/^https?:\/\/[\d.]+(?::\d{1,5})?(?:\/[\w./-]*)?$/i.test(text)) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  // The spelling too must be that of the sender: 127.1 and 0177.0.0.1 are addresses for the URL parser.
  if (url === null || url.hostname !== from || !text.includes(`//${from}`)) return null;
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (!isCameraPort(port)) return null;
  return { secure, host: from, port, path: url.pathname === "/" ? DEFAULT_PATH : url.pathname };
}

function isCameraPort(port: number): boolean {
  return port < 1024 ? LOW_PORTS.includes(port) : !OTHER_SERVICES.includes(port);
}

/** The address an operator wrote: `host`, `host:port`. Whatever port: it is theirs to say. */
export function writtenAddress(text: string): DeviceAddress {
  const [, host = text, port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  const secure = port === "443";
  return { secure, host, port: port === undefined ? 80 : Number(port), path: DEFAULT_PATH };
}

/** `host` or `host:port`, as in the configuration. */
export function shortAddress({ host, port }: DeviceAddress): string {
  return port === 80 ? host : `${host}:${port}`;
}
