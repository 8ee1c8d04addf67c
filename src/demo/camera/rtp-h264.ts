import type { AccessUnit, H264Clip } from "#demo/camera/annexb";

/** RTP time runs at 90 kHz for video (RFC 6184 §8.2.1). */
export const RTP_CLOCK_HZ = 90_000;

/** Dynamic payload type announced in the session description. */
const PAYLOAD_TYPE = 96;

const HEADER_BYTES = 12;
const FU_A = 28;

/** Fits one Ethernet frame with every header, as real cameras send it, although over TCP nothing demands it. */
const MAX_PAYLOAD_BYTES = 1400;

export interface RtpStamp {
  /** Sequence number of the first packet; the next unit starts at this plus the number of packets. Taken modulo 2^16. */
  readonly sequence: number;
  /** 90 kHz ticks, any finite number, taken modulo 2^32. */
  readonly timestamp: number;
  readonly ssrc: number;
}

/**
 * One coded picture as RTP packets: each NAL unit whole, or cut into FU-A fragments (RFC 6184 §5.6, §5.8); the marker on the
 * picture's last packet.
 */
export function packetise(unit: AccessUnit, stamp: RtpStamp, maxPayloadBytes = MAX_PAYLOAD_BYTES): Uint8Array[] {
  const payloads = unit.nals.flatMap((nal) =>
    nal.length <= maxPayloadBytes ? [nal] : fragments(nal, maxPayloadBytes),
  );
  return payloads.map((payload, index) => {
    const packet = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
    packet[0] = 0x80;
    packet[1] = PAYLOAD_TYPE | (index === payloads.length - 1 ? 0x80 : 0);
    packet.writeUInt16BE((stamp.sequence + index) & 0xffff, 2);
    packet.writeUInt32BE(Math.round(stamp.timestamp) >>> 0, 4);
    packet.writeUInt32BE(stamp.ssrc >>> 0, 8);
    packet.set(payload, HEADER_BYTES);
    return packet;
  });
}

function fragments(nal: Uint8Array, maxPayloadBytes: number): Uint8Array[] {
  const first = nal[0] ?? 0;
  const room = maxPayloadBytes - 2;
  const parts: Uint8Array[] = [];
  for (let at = 1; at < nal.length; at += room) {
    const isStart = at === 1;
    const isEnd = at + room >= nal.length;
    const part = Buffer.allocUnsafe(2 + Math.min(room, nal.length - at));
    part[0] = (first & 0xe0) | FU_A;
    part[1] = (first & 0x1f) | (isStart ? 0x80 : 0) | (isEnd ? 0x40 : 0);
    part.set(nal.subarray(at, at + room), 2);
    parts.push(part);
  }
  return parts;
}

/** What DESCRIBE answers: one H.264 video track called `trackID=0` (RFC 4566, RFC 6184 §8.2). */
export function sessionDescription(clip: Pick<H264Clip, "sps" | "pps">, fps: number): string {
  const sps = Buffer.from(clip.sps);
  const profile = sps.subarray(1, 4).toString("hex");
  const sets = `${sps.toString("base64")},${Buffer.from(clip.pps).toString("base64")}`;
  return [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=Simulated camera",
    "c=IN IP4 0.0.0.0",
    "t=0 0",
    "a=control:*",
    `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
    `a=rtpmap:${PAYLOAD_TYPE} H264/${RTP_CLOCK_HZ}`,
    `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
    `a=framerate:${fps}`,
    "a=control:trackID=0",
    "",
  ].join("\r\n");
}
