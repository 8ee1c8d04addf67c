import { type Markup, textOf, xml } from "#demo/camera/onvif/xml";

const DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
const ANYONE = "urn:schemas-xmlsoap-org:ws:2005:04:discovery";
const ANSWER = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
/** What this camera is, in ONVIF's words. */
const TYPE = "NetworkVideoTransmitter";
const ANSWERED_TYPES: readonly string[] = [TYPE, "Device"];
const MAX_TEXT = 2048;

/** Somebody looks for devices (WS-Discovery 1.0 §5.2). */
export interface Probe {
  readonly messageId: string;
  /** Local names of the types asked for; empty = all. */
  readonly types: readonly string[];
  /** Empty = wherever. */
  readonly scopes: readonly string[];
}

/** What a device says of itself. */
export interface Announced {
  /** `urn:uuid:…` */
  readonly endpoint: string;
  readonly scopes: readonly string[];
  /** http://… of the device service; null in a Bye. */
  readonly address: string;
}

/** Which message of which run of the sender this is (WS-Discovery 1.0 §7): later ones have higher numbers. */
export interface Sequence {
  readonly instance: number;
  readonly number: number;
}

/** Reads a search; null for anything else that is sent to the discovery port, and it is a lot. */
export function readProbe(message: string): Probe | null {
  const messageId = textOf(message, "MessageID");
  if (textOf(message, "Action") !== `${DISCOVERY}/Probe` || messageId === null || messageId === "") return null;
  if (messageId.length > MAX_TEXT) return null;
  const words = (name: string): string[] => (textOf(message, name) ?? "").split(/\s+/).filter((word) => word !== "");
  return {
    messageId,
    types: words("Types").map((type) => type.slice(type.indexOf(":") + 1)),
    scopes: words("Scopes"),
  };
}

/** True when a device of these scopes answers: one of its types is asked for, and every scope is one of its own or begins one. */
export function isWanted({ types, scopes }: Probe, own: readonly string[]): boolean {
  const fits = (asked: string, scope: string): boolean =>
    scope === asked || scope.startsWith(asked.endsWith("/") ? asked : `${asked}/`);
  return (
    (types.length === 0 || types.some((type) => ANSWERED_TYPES.includes(type))) &&
    scopes.every((asked) => own.some((scope) => fits(asked, scope)))
  );
}

/** The answer to a search. `devices`: one, as ONVIF clients expect; some recorders put several into one message. */
export function probeMatches(
  relatesTo: string,
  devices: readonly Announced[],
  messageId: string,
  sequence: Sequence,
): string {
  const matches = devices.map((device) => xml`<d:ProbeMatch>${facts(device)}</d:ProbeMatch>`);
  return envelope(
    xml`<a:RelatesTo>${relatesTo}</a:RelatesTo><a:To>${ANSWER}</a:To>`,
    { action: "ProbeMatches", messageId, sequence },
    xml`<d:ProbeMatches>${matches}</d:ProbeMatches>`,
  );
}

/** "I am here now." */
export function hello(device: Announced, messageId: string, sequence: Sequence): string {
  const body = xml`<d:Hello>${facts(device)}</d:Hello>`;
  return envelope(xml`<a:To>${ANYONE}</a:To>`, { action: "Hello", messageId, sequence }, body);
}

/** "I am leaving." */
export function bye(endpoint: string, messageId: string, sequence: Sequence): string {
  const body = xml`<d:Bye>${reference(endpoint)}</d:Bye>`;
  return envelope(xml`<a:To>${ANYONE}</a:To>`, { action: "Bye", messageId, sequence }, body);
}

function facts({ endpoint, scopes, address }: Announced): Markup {
  return xml`${reference(endpoint)}<d:Types>dn:${TYPE}</d:Types><d:Scopes>${scopes.join(" ")}</d:Scopes>
    <d:XAddrs>${address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>`;
}

function reference(endpoint: string): Markup {
  return xml`<a:EndpointReference><a:Address>${endpoint}</a:Address></a:EndpointReference>`;
}

function envelope(
  addressing: Markup,
  { action, messageId, sequence }: { action: string; messageId: string; sequence: Sequence },
  body: Markup,
): string {
  const message = xml`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
    xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="${DISCOVERY}"
    xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><a:MessageID>${messageId}</a:MessageID>
    ${addressing}<a:Action>${DISCOVERY}/${action}</a:Action>
    <d:AppSequence InstanceId="${sequence.instance}" MessageNumber="${sequence.number}"/></e:Header>
    <e:Body>${body}</e:Body></e:Envelope>`;
  return `<?xml version="1.0" encoding="UTF-8"?>${message.text}`;
}
