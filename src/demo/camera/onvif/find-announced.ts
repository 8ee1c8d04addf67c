import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { systemClock } from "#adapters/clock/system-clock";
import { probe, readProbeMatches } from "#demo/camera/onvif/discovery-message";
import { DISCOVERY_GROUP, DISCOVERY_PORT } from "#demo/camera/onvif/discovery-responder";

export interface FindOptions {
  /** `urn:uuid:…` of the camera that is looked for. */
  readonly endpoint: string;
  /** IPv4 address of this machine whose interface is searched. */
  readonly onAddress: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const MAX_PACKET_BYTES = 64 * 1024;
/** Multicast loses packets and nobody says so. */
const ASK_EVERY_MS = 500;

/**
 * Asks the network for one camera and gives back the address of its device service as it answered; null when it did not answer
 * in time, or when this machine's interface takes no part in multicast. What other devices say is passed over.
 */
export async function findAnnounced({ endpoint, onAddress, timeoutMs, signal }: FindOptions): Promise<string | null> {
  signal?.throwIfAborted();
  const messageId = `urn:uuid:${randomUUID()}`;
  const done = new AbortController();
  const stop = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
  const socket = createSocket({ type: "udp4" });
  let found: string | null = null;
  socket.on("error", () => done.abort());
  socket.on("message", (message) => {
    if (message.length > MAX_PACKET_BYTES) return;
    const match = readProbeMatches(message.toString("utf8"), messageId).find((device) => device.endpoint === endpoint);
    found ??= match?.addresses[0] ?? null;
    if (found !== null) done.abort();
  });
  socket.bind(0, onAddress, () => {
    try {
      socket.setMulticastInterface(onAddress);
    } catch {
      done.abort(); // no multicast on this interface
    }
  });
  const ask = (): void => {
    if (!stop.aborted) socket.send(probe(messageId), DISCOVERY_PORT, DISCOVERY_GROUP, (error) => error && done.abort());
  };
  const again = setInterval(ask, ASK_EVERY_MS);
  socket.once("listening", ask);
  try {
    await systemClock.sleep(timeoutMs, stop).catch(() => {}); // ends early by an answer, a fault, or the signal
  } finally {
    clearInterval(again);
    socket.close();
  }
  signal?.throwIfAborted();
  return found;
}
