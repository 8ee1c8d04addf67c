import { expect, test } from "vitest";
import { decoderOptions } from "#adapters/ffmpeg/decoder";
import { openDecoderChoice } from "#adapters/ffmpeg/decoder-choice";
import { RecordingLogger } from "../../../fakes/quiet.js";

const signal = new AbortController().signal;

function rig(wanted: Parameters<typeof openDecoderChoice>[0], working: readonly string[]) {
  const logger = new RecordingLogger();
  const tried: string[] = [];
  const choice = openDecoderChoice(
    wanted,
    (decoder) => {
      tried.push(decoder);
      return working.includes(decoder) ? Promise.resolve() : Promise.reject(new Error(`no ${decoder}`));
    },
    logger,
  );
  return { choice, tried, levels: () => logger.lines.map(({ level }) => level) };
}

test("software is not tried, and nothing is said of it", async () => {
  const { choice, tried, levels } = rig("software", []);
  expect(await choice.next(signal)).toBe("software");
  choice.failed("LIMEN_CAMERA_FAILED");
  choice.works();
  expect([tried, levels()]).toEqual([[], []]);
});

test.each([
  ["vaapi", ["vaapi"], "vaapi", "info"],
  ["vaapi", ["v4l2m2m"], "software", "warn"],
  ["auto", ["vaapi", "v4l2m2m"], "vaapi", "info"],
  ["auto", ["v4l2m2m"], "v4l2m2m", "info"],
  ["auto", [], "software", "info"],
] as const)(
  "asked for %s where %j works it is %s, tried once, said in one line",
  async (wanted, working, got, level) => {
    const { choice, tried, levels } = rig(wanted, working);
    expect(await choice.next(signal)).toBe(got);
    const once = [...tried];
    expect(await choice.next(signal)).toBe(got);
    expect(tried).toEqual(once);
    expect(levels()).toEqual([level]);
  },
);

test("hardware that shows no picture gives way to software that does, for good", async () => {
  const { choice, levels } = rig("v4l2m2m", ["v4l2m2m"]);
  expect(await choice.next(signal)).toBe("v4l2m2m");
  choice.failed("LIMEN_CAMERA_FAILED");
  expect(await choice.next(signal)).toBe("software");
  choice.works();
  choice.works();
  choice.failed("LIMEN_CAMERA_FAILED");
  expect(await choice.next(signal)).toBe("software");
  expect(levels()).toEqual(["info", "warn"]);
});

test("when software shows none either it was the camera, and hardware is used again", async () => {
  const { choice, levels } = rig("vaapi", ["vaapi"]);
  await choice.next(signal);
  choice.failed("LIMEN_CAMERA_SILENT");
  await choice.next(signal);
  choice.failed("LIMEN_CAMERA_SILENT");
  expect(await choice.next(signal)).toBe("vaapi");
  choice.failed("LIMEN_CAMERA_UNREACHABLE");
  expect(await choice.next(signal)).toBe("vaapi");
  expect(levels()).toEqual(["info"]);
});

test("a trial that is aborted decides nothing", async () => {
  const logger = new RecordingLogger();
  const stop = new AbortController();
  const choice = openDecoderChoice(
    "vaapi",
    () => {
      stop.abort(new Error("stop"));
      return Promise.reject(new Error("cut off"));
    },
    logger,
  );
  await expect(choice.next(stop.signal)).rejects.toThrow("stop");
  expect(logger.lines).toEqual([]);
});

test("one thread decodes, whatever it is", () => {
  for (const decoder of ["software", "vaapi", "v4l2m2m"] as const) {
    expect(decoderOptions(decoder).join(" ")).toContain("-threads 1 -flags low_delay");
  }
});
