import { randomBytes, randomInt } from "node:crypto";
import type { Socket } from "node:net";
import type { CameraAccount } from "#demo/camera/account";
import type { AccessUnit } from "#demo/camera/annexb";
import { packetise } from "#demo/camera/rtp-h264";
import { formatAnswer, type RtspAnswer, RtspReader, type RtspRequest } from "#demo/camera/rtsp-message";

/** What the camera is at this moment; faults change it under running connections. */
export interface CameraFront {
  /** Where the stream is to be had; every path serves the same pictures. */
  readonly paths: readonly string[];
  readonly account: CameraAccount;
  /** Accepts connections and never says a word. */
  readonly isMute: boolean;
  readonly isNotFound: boolean;
  /** Has all the clients it can serve: SETUP is refused with 453. */
  readonly isBusy: boolean;
  readonly description: string;
  /** RTP time of the next picture. */
  readonly timestamp: number;
}

/** A client that takes no more than this behind is dropped: a real camera has no more memory for it either. */
const MAX_BACKLOG_BYTES = 2 * 1024 * 1024;
const IDLE_MS = 30_000;
const FIN_GRACE_MS = 1000;
const METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER";

/** One client: its requests, its session, its RTP numbering. RTP goes over the same TCP connection (RFC 2326 §10.12). */
export class RtspConnection {
  readonly #socket: Socket;
  readonly #front: CameraFront;
  readonly #reader = new RtspReader();
  readonly #session = randomBytes(8).toString("hex");
  readonly #ssrc = randomInt(2 ** 32);
  readonly #timeOrigin = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 16);
  #channel: number | undefined;
  #isPlaying = false;
  #needsKey = true;
  #isAbandoned = false;

  constructor(socket: Socket, front: CameraFront) {
    this.#socket = socket;
    this.#front = front;
  }

  /** Starts to serve; `onClosed` runs once. */
  serve(onClosed: () => void): void {
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(IDLE_MS, () => {
      if (!this.#isPlaying && !this.#isAbandoned) this.#socket.destroy();
    });
    this.#socket.on("data", (chunk) => this.#receive(chunk));
    this.#socket.on("error", () => this.#socket.destroy()); // the client went away: its business, not ours
    this.#socket.once("close", onClosed);
  }

  get isPlaying(): boolean {
    return this.#isPlaying && this.#socket.writable;
  }

  /** Sends a picture, if the client plays and can decode it: nothing before the first key unit. */
  send(unit: AccessUnit, timestamp: number): void {
    if (!this.isPlaying || this.#channel === undefined || this.#front.isMute) return;
    if (this.#needsKey && !unit.isKey) return;
    if (this.#socket.writableLength > MAX_BACKLOG_BYTES) {
      this.#socket.destroy();
      return;
    }
    this.#needsKey = false;
    const stamp = { sequence: this.#sequence, timestamp: timestamp + this.#timeOrigin, ssrc: this.#ssrc };
    const packets = packetise(unit, stamp);
    this.#sequence = (this.#sequence + packets.length) & 0xffff;
    this.#sendInterleaved(packets);
  }

  /** After a gap the client must start again at a key unit. */
  awaitKey(): void {
    this.#needsKey = true;
  }

  /** Bytes that are no RTSP and no RTP. */
  sendGarbage(byteCount: number): void {
    if (this.isPlaying) this.#socket.write(Buffer.alloc(byteCount, 0xa5));
  }

  /** Packets in good interleaved frames whose content is noise. */
  sendGarbageRtp(packetCount: number): void {
    if (this.isPlaying) this.#sendInterleaved(Array.from({ length: packetCount }, garbageRtp));
  }

  /** Says in RTCP that the stream is over (BYE, after a report of nothing: RFC 3550 §6.1, §6.6); the connection stays open. */
  sendBye(): void {
    if (!this.isPlaying) return;
    const packet = Buffer.alloc(16);
    for (const [at, word] of [0x80c90001, this.#ssrc, 0x81cb0001, this.#ssrc].entries()) {
      packet.writeUInt32BE(word, at * 4);
    }
    this.#sendInterleaved([packet], (this.#channel ?? 0) + 1);
    this.#isPlaying = false;
  }

  /**
   * The link is half-open from now on, for good: what the client says is swallowed, nothing is said, and neither FIN nor RST
   * tells it so, as when a cable was pulled. Only the client can end it.
   */
  abandon(): void {
    this.#isAbandoned = true;
    this.#isPlaying = false;
  }

  /** The polite end: FIN. */
  drop(): void {
    if (this.#isAbandoned) return;
    this.#isPlaying = false;
    this.#socket.end();
    const grace = setTimeout(() => this.#socket.destroy(), FIN_GRACE_MS);
    this.#socket.once("close", () => clearTimeout(grace));
  }

  /** The rude end: RST. */
  reset(): void {
    if (this.#isAbandoned) return;
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #sendInterleaved(packets: readonly Uint8Array[], channel = this.#channel ?? 0): void {
    const framed = packets.flatMap((packet) => [
      Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]),
      packet,
    ]);
    this.#socket.write(Buffer.concat(framed));
  }

  #receive(chunk: Uint8Array): void {
    if (this.#front.isMute || this.#isAbandoned) return;
    try {
      for (const request of this.#reader.push(chunk)) this.#handle(request);
    } catch {
      this.#socket.destroy(); // not RTSP, or beyond the reader's limits
    }
  }

  #handle(request: RtspRequest): void {
    if (!this.#socket.writable) return;
    const cseq = request.headers.get("cseq") ?? "0";
    this.#socket.write(formatAnswer(this.#answer(request), /^\d{1,10}$/.test(cseq) ? cseq : "0"));
    if (request.method === "TEARDOWN") this.drop();
  }

  #answer(request: RtspRequest): RtspAnswer {
    if (request.method === "OPTIONS") return { status: 200, headers: { Public: METHODS } };
    const { account, paths } = this.#front;
    if (!account.acceptsDigest(request.method, request.headers.get("authorization"))) {
      return { status: 401, headers: { "WWW-Authenticate": account.challenge() } };
    }
    const url = request.url.replace(/\/trackID=0\/?$/, "").replace(/\/$/, "");
    if (this.#front.isNotFound || !paths.includes(pathOf(url))) return { status: 404 };
    switch (request.method) {
      case "DESCRIBE":
        return {
          status: 200,
          headers: { "Content-Base": `${url}/`, "Content-Type": "application/sdp" },
          body: this.#front.description,
        };
      case "SETUP":
        return this.#setup(request.headers.get("transport") ?? "");
      case "PLAY":
        return this.#play(url);
      case "PAUSE":
        this.#isPlaying = false;
        return this.#inSession({});
      case "TEARDOWN":
      case "GET_PARAMETER":
      case "SET_PARAMETER":
        return this.#inSession({});
      default:
        return { status: 405, headers: { Allow: METHODS } };
    }
  }

  #setup(transport: string): RtspAnswer {
    if (this.#front.isBusy) return { status: 453 };
    const channels = /^RTP\/AVP\/TCP;(?:[^,]*;)?interleaved=(\d{1,3})-(\d{1,3})/i.exec(transport);
    const [rtp, rtcp] = [Number(channels?.[1]), Number(channels?.[2])];
    if (channels === null || rtp > 255 || rtcp > 255) return { status: 461 };
    this.#channel = rtp;
    return this.#inSession({ Transport: `RTP/AVP/TCP;unicast;interleaved=${rtp}-${rtcp}` });
  }

  #play(url: string): RtspAnswer {
    if (this.#channel === undefined) return { status: 455 };
    this.#isPlaying = true;
    this.#needsKey = true;
    const rtpTime = Math.round(this.#front.timestamp + this.#timeOrigin) >>> 0;
    return this.#inSession({
      Range: "npt=now-",
      "RTP-Info": `url=${url}/trackID=0;seq=${this.#sequence};rtptime=${rtpTime}`,
    });
  }

  #inSession(headers: Readonly<Record<string, string>>): RtspAnswer {
    return { status: 200, headers: { Session: `${this.#session};timeout=60`, ...headers } };
  }
}

/** Noise that does not name itself RTCP (RFC 5761 §4): one packet in a thousand would be a BYE, which is no noise but a word. */
function garbageRtp(): Uint8Array {
  const packet = randomBytes(200);
  const second = packet[1] ?? 0;
  packet[1] = (second & 0x60) === 0x40 ? second | 0x20 : second;
  return packet;
}

function pathOf(url: string): string {
  return /^rtsp:\/\/[^/]+(\/.*)$/i.exec(url)?.[1] ?? "";
}
