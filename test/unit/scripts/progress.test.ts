import { describe, expect, it, vi } from "vitest";
import { inStep, openProgress, secondsText } from "../../../scripts/progress.mjs";
import { describe as describeError, explained, SetupError } from "../../../scripts/setup-error.mjs";

function recorded(isLive: boolean, options: { columns?: number; beatMs?: number } = {}) {
  const written: string[] = [];
  let atMs = 0;
  const progress = openProgress({ write: (text) => written.push(text), isLive, nowMs: () => atMs, ...options });
  return { progress, written, pass: (ms: number) => (atMs += ms) };
}

describe("progress in a log", () => {
  it("is one line when a step begins and one when it ends", () => {
    const { progress, written, pass } = recorded(false);
    const step = progress.begin("npm packages", "npm ci (1 to 3 minutes)");
    pass(93_400);
    step.done();
    expect(written).toEqual(["set-up: npm packages: npm ci (1 to 3 minutes)\n", "set-up: npm packages: done (93 s)\n"]);
  });

  it("shows a sign of life while a step says nothing", async () => {
    const { progress, written, pass } = recorded(false, { beatMs: 5 });
    const step = progress.begin("npm packages", "npm ci");
    pass(15_000);
    await vi.waitFor(() => expect(written).toContain("set-up: npm packages: still at it after 15 s\n"));
    step.end();
  });
});

describe("progress on a terminal", () => {
  it("repaints one line, never wider than the terminal, and leaves the outcome", () => {
    const { progress, written, pass } = recorded(true, { columns: 40 });
    const step = progress.begin("program", "compiling a great many files, which takes a few seconds");
    pass(1200);
    step.done();
    expect(written).toHaveLength(2);
    expect(written[0]?.startsWith("\r\u001b[2Kset-up: program (0.0 s): compiling")).toBe(true);
    expect(written[0]?.slice(5).length).toBeLessThan(40);
    expect(written[1]).toBe("\r\u001b[2Kset-up: program: done (1.2 s)\n");
  });

  it("clears the line of a step that fails, so that the reason stands alone", async () => {
    const { progress, written } = recorded(true);
    await expect(inStep(progress, "program", "compiling", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(written.at(-1)).toBe("\r\u001b[2K");
  });
});

describe("durations", () => {
  it.each([
    [71, "0.1 s"],
    [9949, "9.9 s"],
    [93_400, "93 s"],
  ])("%d ms read as %s", (ms, text) => {
    expect(secondsText(ms)).toBe(text);
  });
});

describe("a failure as shown to a person", () => {
  it("has a code, what happened, what to do, and the lines that prove it, but no stack trace", () => {
    const text = describeError(new SetupError("SETUP_DISK", "the disk is full", "free some space", ["write ENOSPC"]));
    expect(text).toBe(
      "set-up: SETUP_DISK: the disk is full.\n  What to do: free some space.\n  From its output:\n    write ENOSPC\n",
    );
  });

  it("ends in a command that can be copied as it stands", () => {
    expect(describeError(new SetupError("SETUP_TOOL_MISSING", "m", "run this:\n    sudo apt-get x"))).toMatch(
      /apt-get x\n$/,
    );
  });

  it.each([
    ["ENOSPC", "SETUP_DISK"],
    ["EACCES", "SETUP_PERMISSION"],
    ["EROFS", "SETUP_PERMISSION"],
  ])("comes from the file system's %s as %s", (errno, code) => {
    expect(explained(Object.assign(new Error("x"), { code: errno }))).toMatchObject({ code });
  });
});
