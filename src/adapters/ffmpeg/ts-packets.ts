/** Length of an MPEG transport stream packet (ISO/IEC 13818-1 §2.4.3.2). */
export const TS_PACKET_BYTES = 188;

export interface PacketCutter {
  /** Takes the next bytes of a connection; calls `onPackets` with the whole packets they complete, if any. */
  push(chunk: Uint8Array): void;
  /** Forgets a packet begun: the next bytes are the first of a new stream. */
  restart(): void;
}

/** Where ffmpeg's muxer puts the first stream. */
const VIDEO_PID = 0x100;

/**
 * How many pictures begin in these whole packets, as ffmpeg writes them: one access unit to a PES packet, whose first packet has
 * the start bit set (ISO/IEC 13818-1 §2.4.3.3).
 */
export function countPictures(packets: Uint8Array): number {
  let pictures = 0;
  for (let at = 0; at + 2 < packets.length; at += TS_PACKET_BYTES) {
    const word = ((packets[at + 1] ?? 0) << 8) | (packets[at + 2] ?? 0);
    if ((word & 0x5fff) === (0x4000 | VIDEO_PID)) pictures++;
  }
  return pictures;
}

/** Cuts a transport stream at packet borders, so that whoever loses a chunk loses whole packets. Holds less than one packet. */
export function openPacketCutter(onPackets: (packets: Uint8Array) => void): PacketCutter {
  let begun: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      const all = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
      const whole = all.length - (all.length % TS_PACKET_BYTES);
      // A copy: the rest must not keep the whole chunk in memory.
      begun = new Uint8Array(all.subarray(whole));
      if (whole > 0) onPackets(all.subarray(0, whole));
    },
    restart() {
      begun = new Uint8Array(0);
    },
  };
}
