import fc from "fast-check";
import { expect, it } from "vitest";
import { readProfiles } from "#adapters/onvif/answer-shapes";

const encoder = (encoding: unknown, width: unknown, height: unknown, fps?: unknown) => ({
  encoding,
  resolution: { width, height },
  ...(fps === undefined ? {} : { rateControl: { frameRateLimit: fps, bitrateLimit: 512 } }),
});

it("profiles are read as far as they can be; one that cannot spoils no other", () => {
  const answer = [
    // Texts of digits come as numbers.
    { $: { token: 0 }, name: 1, videoEncoderConfiguration: encoder("H264", 640, 360, 15) },
    { $: { token: "main", fixed: true }, name: "Main", videoEncoderConfiguration: encoder("H.265", 2560, 1440) },
    { $: { token: "m2" }, name: "", videoEncoderConfiguration: encoder("MPV4-ES", 1, "x") },
    { $: { token: "audio" }, name: "no picture" },
    { $: { token: "jpeg" }, videoEncoderConfiguration: { encoding: "JPEG", resolution: "" } },
    { name: "no token" },
    "nonsense",
    null,
  ];
  expect(readProfiles(answer)).toEqual([
    { token: "0", name: "1", width: 640, height: 360, codec: "H264", fps: 15 },
    { token: "main", name: "Main", width: 2560, height: 1440, codec: "H265", fps: null },
    { token: "m2", name: "m2", width: 1, height: 0, codec: "unknown", fps: null },
    { token: "audio", name: "no picture", width: 0, height: 0, codec: "unknown", fps: null },
    { token: "jpeg", name: "jpeg", width: 0, height: 0, codec: "JPEG", fps: null },
  ]);
});

it("a single profile need not be a list, and nothing at all is no profile", () => {
  expect(readProfiles({ $: { token: "a" }, videoEncoderConfiguration: encoder("h264", 320, 180) })).toHaveLength(1);
  for (const nothing of [undefined, null, "", 0, []]) expect(readProfiles(nothing)).toEqual([]);
  expect(readProfiles(Array.from({ length: 1_000 }, () => ({ $: { token: "a" } })))).toHaveLength(128);
});

it("no answer makes it throw", () => {
  fc.assert(
    fc.property(fc.anything(), (answer) => {
      readProfiles(answer);
    }),
  );
});
