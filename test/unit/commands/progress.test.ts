import { describe, expect, it } from "vitest";
import { createProgress, durationOf } from "#commands/progress";

function watch(all: number, isTerminal: boolean) {
  let now = 0;
  const drawn: string[] = [];
  const notes: string[] = [];
  const progress = createProgress({
    all,
    draw: isTerminal ? (text) => drawn.push(text) : null,
    note: (line) => notes.push(line),
    nowMs: () => now,
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { progress, drawn, notes, pass };
}

describe("progress", () => {
  it("off a terminal is a line each 25 people, one each 5 s, and the last", () => {
    const { progress, notes, pass } = watch(60, false);
    for (let i = 0; i < 60; i++) {
      pass(i === 54 ? 5_000 : 10);
      progress.step();
    }
    expect(notes).toEqual([
      "25 of 60 people, 0 s",
      "50 of 60 people, 1 s",
      "55 of 60 people, 6 s",
      "60 of 60 people, 6 s",
    ]);
  });

  it("on a terminal is one line drawn over, and taken away at the end", () => {
    const { progress, drawn, notes, pass } = watch(3, true);
    progress.step();
    pass(100);
    progress.step();
    progress.say("a warning");
    progress.step();
    progress.end();
    expect(drawn.map((text) => text.replace("\r\u001b[K", "<"))).toEqual([
      "<2 of 3 people, 0 s",
      "<",
      "<3 of 3 people, 0 s",
      "<",
    ]);
    expect(notes).toEqual(["a warning"]);
  });

  it("tells time in minutes when there are some", () => {
    expect([400, 59_400, 247_000].map(durationOf)).toEqual(["0 s", "59 s", "4 min 7 s"]);
  });
});
