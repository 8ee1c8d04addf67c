import fc from "fast-check";
import { expect, test } from "vitest";
import { openPacketCutter, TS_PACKET_BYTES } from "#adapters/ffmpeg/ts-packets";

test("however the bytes come, whole packets go out, in order, and the rest is kept for the next", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 1_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, (chunks) => {
      const out: Uint8Array[] = [];
      const cutter = openPacketCutter((packets) => out.push(packets));
      for (const chunk of chunks) cutter.push(Buffer.from(chunk));
      for (const packets of out) {
        expect(packets.length).toBeGreaterThan(0);
        expect(packets.length % TS_PACKET_BYTES).toBe(0);
      }
      const all = Buffer.concat(chunks);
      expect(Buffer.concat(out)).toEqual(all.subarray(0, all.length - (all.length % TS_PACKET_BYTES)));
    }),
  );
});

test("the half packet of a stream that broke off is not glued to the next stream", () => {
  const out: Uint8Array[] = [];
  const cutter = openPacketCutter((packets) => out.push(packets));
  cutter.push(Buffer.alloc(100, 1));
  cutter.restart();
  cutter.push(Buffer.alloc(TS_PACKET_BYTES, 2));
  expect(out).toEqual([Buffer.alloc(TS_PACKET_BYTES, 2)]);
});

test("the rest does not hold on to the chunk it came in", () => {
  const chunk = Buffer.alloc(TS_PACKET_BYTES + 10, 1);
  const out: number[] = [];
  const cutter = openPacketCutter((packets) => out.push(...packets));
  cutter.push(chunk);
  chunk.fill(9);
  cutter.push(Buffer.alloc(TS_PACKET_BYTES - 10, 2));
  expect(out.slice(TS_PACKET_BYTES, TS_PACKET_BYTES + 10)).toEqual(Array.from({ length: 10 }, () => 1));
});
