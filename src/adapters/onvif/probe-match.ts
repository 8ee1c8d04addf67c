import { believableAddresses, type DeviceAddress } from "#adapters/onvif/device-address";
import type { OwnAddress } from "#adapters/onvif/network-interfaces";
import { plainText } from "#adapters/onvif/plain-text";
import { all, readXml, type XmlElement } from "#adapters/onvif/xml";
import { bareId } from "#core/endpoint";

/** A device that says it is a camera, at addresses that may be asked. */
export interface ProbeMatch {
  /** `urn:uuid:…`, lower case. */
  readonly endpoint: string;
  /** At least one. */
  readonly addresses: readonly DeviceAddress[];
  readonly name: string;
  readonly hardware: string;
}

/** How a datagram came in. */
export interface Arrival {
  /** Sender, IPv4. */
  readonly from: string;
  /** The own address that received it. */
  readonly via: OwnAddress;
  /** Ids of the questions we asked. */
  readonly asked: ReadonlySet<string>;
}

const MOST_MATCHES = 16;
const SCOPE = "onvif://www.onvif.org/";

/**
 * The cameras in one answer, usually one; empty for printers and other devices, which answer too, and for cameras whose addresses
 * are not to be believed. Null for what is no answer to our question at all. Each match is judged by itself, so that one bad one
 * spoils no other.
 */
export function readProbeMatches(datagram: Uint8Array, { from, via, asked }: Arrival): ProbeMatch[] | null {
  const root = readXml(datagram);
  if (root?.name !== "Envelope") return null;
  const answersTo = all(root, "Header", "RelatesTo")[0]?.text;
  // Cheap cameras leave it out; who writes another one answers somebody else.
  if (answersTo !== undefined && !asked.has(bareId(answersTo))) return null;
  const [matches] = all(root, "Body", "ProbeMatches");
  if (matches === undefined) return null;
  return all(matches, "ProbeMatch")
    .slice(0, MOST_MATCHES)
    .map((match) => cameraIn(match, from, via))
    .filter((camera) => camera !== null);
}

function cameraIn(match: XmlElement, from: string, via: OwnAddress): ProbeMatch | null {
  const types = wordsOf(match, "Types").map((type) => type.slice(type.indexOf(":") + 1));
  const scopes = wordsOf(match, "Scopes");
  const isCamera = types.includes("NetworkVideoTransmitter") || scopes.some((scope) => scope.startsWith(SCOPE));
  if (!isCamera || types.some((type) => /print|scan/i.test(type))) return null;
  const id = bareId(all(match, "EndpointReference", "Address")[0]?.text ?? "");
  if (!/^[0-9a-z][0-9a-z.:_-]{3,127}$/.test(id)) return null;
  const addresses = believableAddresses(all(match, "XAddrs")[0]?.text ?? "", from, via);
  if (addresses.length === 0) return null;
  return {
    endpoint: `urn:uuid:${id}`,
    addresses,
    name: scopeValue(scopes, "name"),
    hardware: scopeValue(scopes, "hardware"),
  };
}

function wordsOf(match: XmlElement, name: string): string[] {
  return (all(match, name)[0]?.text ?? "").split(/\s+/).filter((word) => word !== "");
}

/** `onvif://www.onvif.org/name/Front%20door` → `Front door`. */
function scopeValue(scopes: readonly string[], kind: string): string {
  const prefix = `${SCOPE}${kind}/`;
  const value = scopes.find((scope) => scope.startsWith(prefix))?.slice(prefix.length) ?? "";
  try {
    return plainText(decodeURIComponent(value));
  } catch {
    return plainText(value);
  }
}
