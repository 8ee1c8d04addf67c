/** Length of an MPEG transport stream packet (ISO/IEC 13818-1 §2.4.3.2). */
export const TS_PACKET_BYTES = 188;

export interface PacketCutter {
  /** Takes the next bytes of a connection; calls `onPackets` with the whole packets they complete, if any. */
  push(chunk: Uint8Array): void;
  /** Forgets a packet begun: the next bytes are the first of a new stream. */
  restart(): void;
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
