import { describe, expect, it } from "vitest";
import { adviceFor } from "#core/camera-advice";
import type { CameraMeasures } from "#core/camera-measures";
import { gapsOf, readSurvey } from "#core/stream-survey";

const LIMITS = { detectSize: { width: 640, height: 360 }, minFacePx: 48, minSharpness: 2.5 };
const STREAM = {
  codec: "h264",
  width: 640,
  height: 360,
  pictures: 100,
  fps: 20,
  kbitPerSecond: 600,
  keyEachMs: 1000,
  gapsMs: { half: 50, most: 55, longest: 80 },
};
const GOOD: CameraMeasures = {
  pictures: 40,
  seconds: 10,
  stream: STREAM,
  decodeCores: 0.05,
  light: 120,
  contrast: 35,
  sharpness: 80,
  sight: "ok",
  faces: { looks: 40, seen: 20, heightPx: 110, sharpness: 12 },
};

describe("advice on a camera", () => {
  it("is none when all is well, also when the stream could not be asked", () => {
    expect(adviceFor(GOOD, LIMITS)).toEqual([]);
    expect(adviceFor({ ...GOOD, stream: null, decodeCores: null }, LIMITS)).toEqual([]);
  });

  it.each<[string, Partial<CameraMeasures>]>([
    ["dark (light 21 of 255): put a lamp", { light: 21 }],
    ["glaring (light 240", { light: 240 }],
    ["little contrast (7)", { contrast: 7 }],
    ["blurred (sharpness 18, should be over 30): clean or focus", { sharpness: 18 }],
    ["is covered: take away", { sight: "covered", light: 30, contrast: 2, sharpness: 4 }],
    ["looks somewhere else than it did", { sight: "moved" }],
    ["sends the same picture over and over", { sight: "frozen" }],
    [
      "sends 2560×1440 and 640×360 of it is used: give the address of its smaller stream",
      { stream: { ...STREAM, width: 2560, height: 1440 }, decodeCores: 0.9 },
    ],
    ["sends only 352×288: choose a larger size", { stream: { ...STREAM, width: 352, height: 288 } }],
    ["only 3.0 pictures a second: set the camera to 10", { stream: { ...STREAM, fps: 3 } }],
    [
      "no picture came for up to 2.5 s: look at the network",
      { stream: { ...STREAM, gapsMs: { half: 50, most: 60, longest: 2500 } } },
    ],
    ["a key frame comes only each 12 s", { stream: { ...STREAM, keyEachMs: 12_000 } }],
    ["decoding takes 80 % of a core", { decodeCores: 0.8 }],
    ["no face was seen: run this again", { faces: { looks: 40, seen: 0, heightPx: null, sharpness: null } }],
    ["31 px high and 48 are needed: bring the camera closer", { faces: { ...GOOD.faces, heightPx: 31 } }],
    ["60 px high, hardly more than the 48 needed", { faces: { ...GOOD.faces, heightPx: 60 } }],
    ["too blurred to be judged: more light", { faces: { ...GOOD.faces, sharpness: 1 } }],
  ])("says: %s", (said, changes) => {
    const advice = adviceFor({ ...GOOD, ...changes }, LIMITS);
    expect(advice).toEqual([expect.stringContaining(said)]);
  });

  it("tells of a larger detect_size only where the camera sends more", () => {
    const small = { ...GOOD, faces: { ...GOOD.faces, heightPx: 31 } };
    expect(adviceFor(small, LIMITS).join()).not.toContain("detect_size");
    const large = { ...small, stream: { ...STREAM, width: 960, height: 540 } };
    expect(adviceFor(large, LIMITS).join()).toContain("or set detect_size to 960×540");
  });
});

describe("what a camera sends", () => {
  const HEAD =
    "0 #extradata 0:       37, 0xb7fa09ef\n#software: x\n#tb 0: 1/90000\n#media_type 0: video\n#codec_id 0: hevc\n#dimensions 0: 1280x720\n";
  const packet = (i: number, isKey: boolean, ticks = i * 9000): string =>
    `0, ${String(ticks).padStart(10)}, ${ticks},     4500,    ${isKey ? 9000 : 1000}, 0x3aa94a4b${isKey ? "" : ", F=0x0"}\n`;
  const report = (count: number): string =>
    HEAD + Array.from({ length: count }, (_, i) => packet(i, i % 10 === 0)).join("");

  it("is read from ffmpeg's packet list", () => {
    expect(readSurvey(report(21))).toEqual({
      codec: "hevc",
      width: 1280,
      height: 720,
      pictures: 21,
      fps: 10,
      kbitPerSecond: ((2 * 9000 + 18 * 1000) * 8) / 2000,
      keyEachMs: 1000,
      gapsMs: { half: 100, most: 100, longest: 100 },
    });
  });

  it("is not known from a list that is cut off, empty, or another program's", () => {
    expect(readSurvey("")).toBeNull();
    expect(readSurvey(HEAD)).toBeNull();
    expect(readSurvey(report(2))).toBeNull();
    expect(readSurvey(HEAD + packet(0, true) + packet(1, false, 0) + packet(2, false, 0))).toBeNull();
    expect(readSurvey(report(12).replace("#dimensions 0: 1280x720\n", ""))).toBeNull();
    expect(readSurvey(`${report(12)}0, 99`)?.pictures).toBe(12);
    expect(readSurvey(report(5))?.keyEachMs).toBeNull();
  });

  it("has gaps: half of them, 95 %, the longest", () => {
    const times = Array.from({ length: 101 }, (_, i) => i * 50);
    expect(gapsOf(times)).toEqual({ half: 50, most: 50, longest: 50 });
    expect(gapsOf([...times, 5900])).toEqual({ half: 50, most: 50, longest: 900 });
    expect(gapsOf([])).toEqual({ half: 0, most: 0, longest: 0 });
  });
});
