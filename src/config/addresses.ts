import { isIPv4 } from "node:net";
import { hasControl } from "#config/secret";

const ADDRESS_LENGTH = 2048;

/** What is wrong with a camera's address, or null. Never quotes the address: it may hold a password. */
export function rtspFault(address: string): string | null {
  const url = parsed(address);
  if (url === null || !["rtsp:", "rtsps:"].includes(url.protocol)) {
    return "must be the camera's stream address, such as rtsp://192.168.1.20:554/stream2";
  }
  if (hasCredentials(url)) return "holds a user name or password; put them in `username:` and `password: !secret name`";
  return null;
}

/** What is wrong with the address of a camera that is asked by ONVIF, or null. */
export function onvifFault(address: string): string | null {
  if (/^(?:urn:)?uuid:/i.test(address)) {
    const isId = /^urn:uuid:[0-9a-z][0-9a-z.:_-]{3,127}$/i.test(address);
    return isId ? null : "must be the whole id, such as urn:uuid:4d454930-0000-1000-8000-aabbccddeeff";
  }
  if (address.includes("/") || address.includes("@")) {
    return "must be the camera's host alone, such as 192.168.1.20 or 192.168.1.20:8080; a stream address goes into `rtsp:`";
  }
  const [, host = "", port] = /^([0-9a-z](?:[0-9a-z._-]*[0-9a-z])?)(?::(\d{1,5}))?$/i.exec(address) ?? [];
  const fits =
    host !== "" && host.length <= 253 && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535));
  // Digits and dots that are no address would be one of this computer's resolver's choice.
  return fits && (!/^[\d.]+$/.test(host) || isIPv4(host))
    ? null
    : "must be the camera's host, such as 192.168.1.20 or 192.168.1.20:8080, or its urn:uuid:… id (`limen discover` finds both)";
}

/** What is wrong with the broker's address, or null. */
export function mqttFault(address: string): string | null {
  const url = parsed(address);
  if (url === null || !["mqtt:", "mqtts:"].includes(url.protocol)) {
    return "must be the broker's address, such as mqtt://127.0.0.1:1883 or mqtts://broker.lan:8883";
  }
  if (hasCredentials(url)) return "holds a user name or password; put them in `username:` and `password: !secret name`";
  if (!["", "/"].includes(url.pathname) || url.search !== "" || url.hash !== "") return "must end after the port";
  return null;
}

/** What is wrong with the address of a server that is sent a token and pictures of faces, or null. */
export function networkFault(address: string): string | null {
  const url = parsed(address);
  if (url === null || !["https:", "http:"].includes(url.protocol))
    return "must be an address such as https://api.example";
  if (hasCredentials(url)) return "holds a user name or password; the token goes into `token: !secret name`";
  if (url.search !== "" || url.hash !== "") return "must end after the path";
  return url.protocol === "https:" || staysHere(address)
    ? null
    : "must be https:// (http:// only to this computer itself)";
}

/** True when the rest of the address seems to carry a password, as some cameras insist on. */
export function seemsToCarryPassword(address: string): boolean {
  return /(?:passw(?:or)?d|pwd|pass|psw)=/i.test(address);
}

/** `host:port` of an address that has passed; the port as given or the protocol's own. */
export function hostOf(address: string): string {
  const url = parsed(address);
  const usual: Record<string, string> = {
    "rtsp:": "554",
    "rtsps:": "322",
    "mqtt:": "1883",
    "mqtts:": "8883",
    "https:": "443",
    "http:": "80",
  };
  return url === null ? "?" : `${url.hostname}:${url.port === "" ? (usual[url.protocol] ?? "?") : url.port}`;
}

/** True when what is sent to this address does not leave the computer. */
export function staysHere(address: string): boolean {
  const host = parsed(address)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** What is wrong with an address to listen on, or null. */
export function hostPortFault(address: string): string | null {
  const port = Number(/:(\d{1,5})$/.exec(address)?.[1] ?? Number.NaN);
  return port >= 1 && port <= 65_535 && URL.canParse(`http://${address}`)
    ? null
    : "must be host:port, such as 127.0.0.1:8480";
}

export function isEncrypted(address: string): boolean {
  return address.toLowerCase().startsWith("mqtts:");
}

function parsed(address: string): URL | null {
  if (address.length > ADDRESS_LENGTH || hasControl(address) || /\s/.test(address)) return null;
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && url.hostname !== "" && !address.startsWith(`${url.protocol}///`) ? url : null;
}

function hasCredentials(url: URL): boolean {
  return url.username !== "" || url.password !== "";
}
