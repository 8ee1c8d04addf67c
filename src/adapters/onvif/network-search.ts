import { randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { describe, type OwnAddress, ownAddresses } from "#adapters/onvif/network-interfaces";
import { type ProbeMatch, readProbeMatches } from "#adapters/onvif/probe-match";
import { bareId } from "#core/endpoint";
import type { Clock } from "#ports/clock";

const GROUP = "239.255.255.250";
const PORT = 3702;
/** UDP gets lost, and a camera may be busy: the question is asked again. Ms after the start. */
const ASK_AT_MS = [0, 500, 1_500];
/** More answers than this are a flood; what comes after is not read. */
const MOST_DATAGRAMS = 2_000;
/** No hop over a router: cameras are looked for where we are. */
const TTL = 1;

export interface SearchOptions {
  readonly clock: Clock;
  readonly forMs: number;
  /** A host to be asked directly too: where the device wanted was last seen. */
  readonly alsoAsk?: string;
  /** For tests: whom to ask instead of the multicast group. */
  readonly target?: { readonly host: string; readonly port: number };
  /** Own addresses to ask from; default all. */
  readonly from?: readonly OwnAddress[];
}

export interface SearchEnd {
  /** Networks the question went out on. */
  readonly searched: readonly string[];
  /** Datagrams that held nothing to believe. */
  readonly refused: number;
}

/**
 * Asks every IPv4 network of this computer at once for ONVIF cameras (WS-Discovery) and hands over each camera that answers, as
 * often as it answers. Resolves after `forMs` or when the signal aborts. What a stranger sends can neither end the search nor
 * spoil another's answer; a network that does not carry the question is left out of `searched`.
 *
 * Not the `onvif` package's own probe: that one cannot tell on which network an answer came in, loses every camera of a message
 * that holds two, and believes any address.
 */
export async function searchNetworks(
  options: SearchOptions,
  onMatch: (match: ProbeMatch) => void,
  signal: AbortSignal,
): Promise<SearchEnd> {
  const asked = new Set<string>();
  const searched = new Set<string>();
  let datagrams = 0;
  let refused = 0;

  const sockets = await Promise.all(
    (options.from ?? ownAddresses()).map((via) =>
      openSocket(via, (datagram, from) => {
        if (++datagrams > MOST_DATAGRAMS) return;
        const matches = readProbeMatches(datagram, { from, via, asked });
        if (matches === null || matches.length === 0) refused++;
        for (const match of matches ?? []) onMatch(match);
      }),
    ),
  );
  const open = sockets.filter((socket) => socket !== null);
  try {
    let elapsedMs = 0;
    for (const atMs of ASK_AT_MS.filter((at) => at < options.forMs)) {
      await options.clock.sleep(atMs - elapsedMs, signal);
      elapsedMs = atMs;
      const question = probe(asked);
      await Promise.all(
        open.map(async ({ socket, via }) => {
          const { host, port } = options.target ?? { host: GROUP, port: PORT };
          if (await send(socket, question, port, host)) searched.add(describe(via));
          if (options.alsoAsk !== undefined) await send(socket, question, PORT, options.alsoAsk);
        }),
      );
    }
    await options.clock.sleep(options.forMs - elapsedMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const { socket } of open) socket.close();
  }
  return { searched: [...searched].sort(), refused };
}

/** Null when this address cannot be used (it has just gone, or the kernel refuses). */
function openSocket(
  via: OwnAddress,
  onDatagram: (datagram: Uint8Array, from: string) => void,
): Promise<{ socket: Socket; via: OwnAddress } | null> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.on("message", (datagram, { address }) => onDatagram(datagram, address));
    socket.on("error", () => {
      // Before it is bound the socket is of no use; later on (ICMP answers) it still is.
      resolve(null);
    });
    // Bound to one address, it hears only what came in for that address: so we know the network of every answer.
    socket.bind({ address: via.address, port: 0 }, () => {
      try {
        socket.setMulticastInterface(via.address);
        socket.setMulticastTTL(TTL);
        resolve({ socket, via });
      } catch {
        socket.close();
        resolve(null);
      }
    });
  });
}

/** Whether the network took it. */
function send(socket: Socket, question: Uint8Array, port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      socket.send(question, port, host, (error) => resolve(error === null));
    } catch {
      resolve(false);
    }
  });
}

/** A new question; its id joins those asked. */
function probe(asked: Set<string>): Uint8Array {
  const id = `urn:uuid:${randomUUID()}`;
  asked.add(bareId(id));
  return Buffer.from(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"',
      ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"',
      ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"',
      ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl">',
      `<e:Header><w:MessageID>${id}</w:MessageID>`,
      "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>",
      "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>",
      "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>",
    ].join(""),
  );
}
