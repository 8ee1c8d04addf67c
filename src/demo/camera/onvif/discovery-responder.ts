import { randomUUID } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { systemClock } from "#adapters/clock/system-clock";
import {
  type Announced,
  bye,
  hello,
  isWanted,
  probeMatches,
  readProbe,
  type Sequence,
} from "#demo/camera/onvif/discovery-message";
import { addressFacing, type OwnAddress, ownAddresses } from "#demo/camera/onvif/own-addresses";
import { LimenError, messageOf } from "#errors";

/** Group and port of WS-Discovery (§2.4). */
const DISCOVERY_GROUP = "239.255.255.250";
const DISCOVERY_PORT = 3702;

const MAX_PROBE_BYTES = 64 * 1024;
/** A search must not leave the local network, and neither must what answers it. */
const TTL = 1;

/** A camera to be found. */
export interface AnnouncedCamera {
  readonly endpoint: string;
  readonly scopes: readonly string[];
  /** Its device service, as reached by somebody who reaches this machine under `ownAddress`. */
  addressFor(ownAddress: string): string;
}

export interface DiscoveryFaults {
  /** Three devices in one message, as some recorders answer; the missing ones are made up. */
  multi(isMulti: boolean): void;
  /** A packet that is no XML goes in front of every answer. */
  junk(isJunk: boolean): void;
}

export interface DiscoveryResponder extends AsyncDisposable {
  /** Says Hello for a camera and answers for it from now on; disposing of the result says Bye. */
  add(camera: AnnouncedCamera): Promise<AsyncDisposable>;
  readonly faults: DiscoveryFaults;
}

export interface DiscoveryOptions {
  /** IPv4 addresses of this machine to be found on. 127.0.0.1 alone keeps it inside the machine; all of them: null. */
  readonly onAddresses: readonly string[] | null;
  readonly signal?: AbortSignal;
}

/**
 * Answers WS-Discovery searches for the simulated cameras of this process, one message a camera, and only to peers in a subnet
 * it was told to be found on. It shows cameras to a whole network, so nothing opens it unasked. Throws LIMEN_DEMO_FAILED when
 * the port or the multicast group is not to be had.
 */
export async function openDiscoveryResponder({ onAddresses, signal }: DiscoveryOptions): Promise<DiscoveryResponder> {
  signal?.throwIfAborted();
  const own = ownAddresses().filter(({ address }) => onAddresses?.includes(address) ?? true);
  const ear = createSocket({ type: "udp4", reuseAddr: true });
  const mouths: Mouth[] = [];
  try {
    ear.bind(DISCOVERY_PORT);
    await once(ear, "listening");
    join(ear, own);
    for (const { address } of own) mouths.push(await openMouth(address));
  } catch (cause) {
    ear.close();
    for (const { socket } of mouths) socket.close();
    throw new LimenError("LIMEN_DEMO_FAILED", `the simulated camera cannot be found here: ${messageOf(cause)}`, {
      hint: "Network searches need an interface that takes part in multicast; give the camera's address instead.",
      cause,
    });
  }
  ear.on("error", () => {}); // a packet that could not be sent: whoever searches searches again
  return new Responder(ear, mouths, own);
}

/** A socket for what is said to everybody on one interface. */
interface Mouth {
  readonly address: string;
  readonly socket: Socket;
}

/** Two addresses of one interface make one membership, and the second try an error that means nothing. */
function join(ear: Socket, own: readonly OwnAddress[]): void {
  let joined = 0;
  let fault: unknown = new Error("no IPv4 address to listen on");
  for (const { address } of own) {
    try {
      ear.addMembership(DISCOVERY_GROUP, address);
      joined += 1;
    } catch (error) {
      fault = error;
    }
  }
  if (joined === 0) throw fault;
}

/** One socket an interface: a shared one would send everything through the interface that was set last. */
async function openMouth(address: string): Promise<Mouth> {
  const socket = createSocket({ type: "udp4" });
  socket.on("error", () => {}); // an interface that went down is no reason to fail
  socket.bind(0, address);
  await once(socket, "listening");
  socket.setMulticastInterface(address);
  socket.setMulticastTTL(TTL);
  return { address, socket };
}

class Responder implements DiscoveryResponder {
  readonly #ear: Socket;
  readonly #mouths: readonly Mouth[];
  readonly #own: readonly OwnAddress[];
  readonly #cameras = new Set<AnnouncedCamera>();
  readonly #instance = Math.floor(systemClock.now() / 1000);
  #number = 0;
  #isMulti = false;
  #isJunk = false;
  #closing: Promise<void> | undefined;

  readonly faults: DiscoveryFaults = {
    multi: (isMulti) => {
      this.#isMulti = isMulti;
    },
    junk: (isJunk) => {
      this.#isJunk = isJunk;
    },
  };

  constructor(ear: Socket, mouths: readonly Mouth[], own: readonly OwnAddress[]) {
    this.#ear = ear;
    this.#mouths = mouths;
    this.#own = own;
    ear.on("message", (message, peer) => this.#hear(message, peer));
  }

  async add(camera: AnnouncedCamera): Promise<AsyncDisposable> {
    this.#cameras.add(camera);
    await this.#tellEverybody((address) => hello(announced(camera, address), messageId(), this.#next()));
    return { [Symbol.asyncDispose]: () => this.#remove(camera) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    for (const camera of this.#cameras) await this.#remove(camera);
    this.#ear.close();
    for (const { socket } of this.#mouths) socket.close();
  }

  async #remove(camera: AnnouncedCamera): Promise<void> {
    if (!this.#cameras.delete(camera)) return;
    await this.#tellEverybody(() => bye(camera.endpoint, messageId(), this.#next()));
  }

  #hear(message: Buffer, peer: RemoteInfo): void {
    const facing = addressFacing(peer.address, this.#own);
    if (facing === null || message.length > MAX_PROBE_BYTES) return;
    const probe = readProbe(message.toString("utf8"));
    if (probe === null) return;
    const wanted = [...this.#cameras].filter(({ scopes }) => isWanted(probe, scopes));
    const devices = wanted.map((camera) => announced(camera, facing));
    if (this.#isJunk && devices.length > 0) this.#ear.send("\u0000 not XML <", peer.port, peer.address);
    for (const group of this.#isMulti ? threes(devices) : devices.map((device) => [device])) {
      this.#ear.send(probeMatches(probe.messageId, group, messageId(), this.#next()), peer.port, peer.address);
    }
  }

  async #tellEverybody(message: (address: string) => string): Promise<void> {
    const said = this.#mouths.map(
      ({ address, socket }) =>
        new Promise<void>((resolve) => {
          socket.send(message(address), DISCOVERY_PORT, DISCOVERY_GROUP, () => resolve()); // heard or not, it was said
        }),
    );
    await Promise.all(said);
  }

  #next(): Sequence {
    this.#number += 1;
    return { instance: this.#instance, number: this.#number };
  }
}

function announced({ endpoint, scopes, addressFor }: AnnouncedCamera, ownAddress: string): Announced {
  return { endpoint, scopes, address: addressFor(ownAddress) };
}

/** All devices in one group of at least three. */
function threes(devices: readonly Announced[]): Announced[][] {
  const [first] = devices;
  if (first === undefined) return [];
  const madeUp = Array.from({ length: Math.max(0, 3 - devices.length) }, () => ({ ...first, endpoint: messageId() }));
  return [[...devices, ...madeUp]];
}

function messageId(): string {
  return `urn:uuid:${randomUUID()}`;
}
