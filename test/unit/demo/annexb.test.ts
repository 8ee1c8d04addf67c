import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseClip, splitNals } from "#demo/camera/annexb";
import { annexB, nalBytes, PPS, SPS, slice } from "../../fixtures/h264-bytes.js";

describe("splitNals", () => {
  test("gives back what was joined, with start codes of either length", () => {
    const part = fc.record({ nal: nalBytes(), isLong: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const stream = Buffer.concat(parts.map(({ nal, isLong }) => annexB([nal], isLong ? 4 : 3)));
        expect(splitNals(stream).map((nal) => Buffer.from(nal))).toEqual(parts.map(({ nal }) => Buffer.from(nal)));
      }),
    );
  });

  test("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => splitNals(bytes).every((nal) => nal.length > 0)),
    );
  });
});

describe("parseClip", () => {
  test("starts a unit at parameter sets, at a delimiter, and at a slice with macroblock 0", () => {
    const delimiter = Uint8Array.of(9, 0xf0);
    const clip = parseClip(
      annexB([SPS, PPS, slice("key"), slice("delta"), delimiter, slice("delta"), SPS, PPS, slice("key")]),
    );
    expect(clip.units.map((unit) => [unit.nals.length, unit.isKey])).toEqual([
      [3, true],
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(Buffer.from(clip.sps)).toEqual(Buffer.from(SPS));
    expect(Buffer.from(clip.pps)).toEqual(Buffer.from(PPS));
  });

  test("keeps the slices of one picture together", () => {
    const further = slice("delta", { isFirst: false });
    const clip = parseClip(annexB([SPS, PPS, slice("key"), slice("delta"), further, further, slice("delta")]));
    expect(clip.units.map((unit) => unit.nals.length)).toEqual([3, 3, 1]);
  });

  test("puts the parameter sets before a key picture that lacks them", () => {
    const clip = parseClip(annexB([SPS, PPS, slice("key"), slice("delta"), slice("key")]));
    expect(clip.units.at(-1)?.nals.map((nal) => (nal[0] ?? 0) & 0x1f)).toEqual([7, 8, 5]);
  });

  test.each([
    ["no parameter sets", [slice("key")]],
    ["no key frame in front", [SPS, PPS, slice("delta"), slice("key")]],
    ["B-pictures", [SPS, PPS, slice("key"), slice("bidirectional")]],
    ["no picture at all", [SPS, PPS]],
  ])("refuses a recording with %s", (_, nals) => {
    expect(() => parseClip(annexB(nals))).toThrow(expect.objectContaining({ code: "LIMEN_DEMO_ASSET" }));
  });
});
