import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packetise, sessionDescription } from "#demo/camera/rtp-h264";
import { nalBytes, PPS, SPS } from "../../fixtures/h264-bytes.js";

/** The receiver's side of RFC 6184: single NAL units and FU-A. */
function reassemble(packets: readonly Uint8Array[]): Buffer[] {
  const nals: Buffer[] = [];
  let parts: Buffer[] = [];
  for (const packet of packets) {
    const payload = Buffer.from(packet.subarray(12));
    const [indicator = 0, header = 0] = payload;
    if ((indicator & 0x1f) !== 28) {
      nals.push(payload);
      continue;
    }
    if (header & 0x80) parts = [Buffer.from([(indicator & 0xe0) | (header & 0x1f)])];
    parts.push(payload.subarray(2));
    if (header & 0x40) nals.push(Buffer.concat(parts));
  }
  return nals;
}

const units = fc.array(nalBytes(300), { minLength: 1, maxLength: 5 }).map((nals) => ({ nals, isKey: false }));

describe("packetise", () => {
  test("a receiver puts together what was cut, at every packet size", () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 3, max: 400 }), (unit, maxBytes) => {
        const packets = packetise(unit, { sequence: 0, timestamp: 0, ssrc: 1 }, maxBytes);
        expect(reassemble(packets)).toEqual(unit.nals.map((nal) => Buffer.from(nal)));
        expect(packets.every((packet) => packet.length <= 12 + maxBytes)).toBe(true);
      }),
    );
  });

  test("numbers go round at 16 bits, time at 32, and only the picture's last packet is marked", () => {
    const headers = fc.record({
      sequence: fc.nat(0xffff),
      timestamp: fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    });
    fc.assert(
      fc.property(units, headers, (unit, { sequence, timestamp }) => {
        const packets = packetise(unit, { sequence, timestamp, ssrc: 0xfeedbeef }, 50).map((packet) =>
          Buffer.from(packet),
        );
        const time = BigInt.asUintN(32, BigInt(Math.round(timestamp)));
        packets.forEach((packet, index) => {
          expect(packet.readUInt16BE(2)).toBe((sequence + index) % 65_536);
          expect(BigInt(packet.readUInt32BE(4))).toBe(time);
          expect(packet.readUInt32BE(8)).toBe(0xfeedbeef);
          expect(packet.readUInt16BE(0)).toBe(index === packets.length - 1 ? 0x80e0 : 0x8060);
        });
      }),
    );
  });
});

test("the session description names the profile and carries the parameter sets", () => {
  const text = sessionDescription({ sps: SPS, pps: PPS }, 20);
  expect(text).toContain("profile-level-id=42c01e;");
  expect(text).toContain(
    `sprop-parameter-sets=${Buffer.from(SPS).toString("base64")},${Buffer.from(PPS).toString("base64")}`,
  );
  expect(text.split("\r\n").at(-1)).toBe("");
});
