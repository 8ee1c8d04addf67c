import { describe, expect, test } from "vitest";
import { openLineTail, redact } from "#adapters/ffmpeg/redact";
import { streamFailure } from "#adapters/ffmpeg/stream-failure";

const exit = (stderr: string[], code: number | null = 1) => ({ code, signal: null, stderr, notStarted: null });
const fine = { verdict: "fine", hadFrames: false } as const;

describe("what ffmpeg says becomes a code", () => {
  test.each([
    ["pipe:0: Server returned 401 Unauthorized (authorization failed)", "LIMEN_CAMERA_AUTH"],
    ["[rtsp @ 0x5] method DESCRIBE failed: 403 Forbidden", "LIMEN_CAMERA_AUTH"],
    ["[rtsp @ 0x5] method DESCRIBE failed: 404 Not Found", "LIMEN_CAMERA_NOT_FOUND"],
    [
      "[tcp @ 0x5] Connection to tcp://127.0.0.1:9?timeout=5000000 failed: Connection refused",
      "LIMEN_CAMERA_UNREACHABLE",
    ],
    ["[tcp @ 0x5] Connection to tcp://192.0.2.1:554 failed: Connection timed out", "LIMEN_CAMERA_UNREACHABLE"],
    ["[tcp @ 0x5] Failed to resolve hostname nosuch.invalid: Name or service not known", "LIMEN_CAMERA_UNREACHABLE"],
    ["pipe:0: Invalid data found when processing input", "LIMEN_CAMERA_SILENT"],
    ["[rtsp @ 0x5] method SETUP failed: 453 Not Enough Bandwidth", "LIMEN_CAMERA_FAILED"],
  ])("%s", (line, code) => {
    const failure = streamFailure("entrance", { ...fine, exit: exit([line]) });
    expect(failure.code).toBe(code);
    expect(failure.message).toContain("entrance");
    expect(failure.hint).not.toBe("");
  });

  test("an exit without an error is a failure all the same", () => {
    expect(streamFailure("entrance", { ...fine, exit: exit([], 0) }).code).toBe("LIMEN_CAMERA_ENDED");
    expect(streamFailure("entrance", { ...fine, exit: exit([]) }).code).toBe("LIMEN_CAMERA_FAILED");
  });

  test("what the decoder complains of after the first frame is not taken for the reason", () => {
    const end = exit(["[h264 @ 0x5] Not Found", "Connection timed out"]);
    expect(streamFailure("entrance", { ...fine, hadFrames: true, exit: end }).code).toBe("LIMEN_CAMERA_ENDED");
  });

  test.each([
    ["silent", "LIMEN_CAMERA_SILENT"],
    ["stalled", "LIMEN_CAMERA_STALLED"],
    ["runaway", "LIMEN_CAMERA_FAILED"],
  ] as const)("our own verdict %s comes before anything the process said", (verdict, code) => {
    const end = exit(["401 Unauthorized"]);
    expect(streamFailure("entrance", { verdict, hadFrames: true, exit: end }).code).toBe(code);
  });

  test("an ffmpeg that is gone is named as such", () => {
    const end = { code: null, signal: null, stderr: [], notStarted: "spawn /usr/bin/ffmpeg ENOENT" };
    const failure = streamFailure("entrance", { ...fine, exit: end });
    expect(failure).toMatchObject({ code: "LIMEN_FFMPEG_FAILED" });
    expect(failure.message).toContain("ENOENT");
  });
});

describe("redaction", () => {
  test("cuts credentials out of every URL and every known secret elsewhere", () => {
    const line = "[concat @ 0x5] Impossible to open 'rtsp://u:p%40ss@192.0.2.1/s', tried hunter2 and rtsp://hunter2@h/";
    expect(redact(line, ["hunter2"])).toBe(
      "[concat @ 0x5] Impossible to open 'rtsp://***@192.0.2.1/s', tried *** and rtsp://***@h/",
    );
  });

  test("keeps only the last lines, each of a bounded length", () => {
    const tail = openLineTail(["secret"]);
    for (let line = 0; line < 1_000; line++) tail.add(`line ${line} secret ${"x".repeat(5_000)}`);
    expect(tail.lines()).toHaveLength(20);
    expect(tail.lines()[19]).toMatch(/^line 999 \*\*\* x{200}/);
    expect(tail.lines()[19]?.length).toBe(300);
  });
});
