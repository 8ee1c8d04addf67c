import { describe, expect, it } from "vitest";
import { createLoadProgress } from "#flow/load-progress";

function desk() {
  const clock = { ms: 1000 };
  const said: string[] = [];
  const step = createLoadProgress(
    () => clock.ms,
    ({ done, all, elapsedMs }) => said.push(`${done}/${all} ${elapsedMs}`),
  );
  const at = (ms: number, done: number): void => {
    clock.ms = 1000 + ms;
    step(done, 100);
  };
  return { at, said };
}

describe("the progress of reading a gallery", () => {
  it("is nobody's news under two seconds", () => {
    const { at, said } = desk();
    for (const [ms, done] of [
      [0, 10],
      [500, 50],
      [1999, 100],
    ] as const)
      at(ms, done);
    expect(said).toEqual([]);
  });

  it("is said after two seconds, then each five, and at the end", () => {
    const { at, said } = desk();
    for (const [ms, done] of [
      [1000, 10],
      [2000, 20],
      [6999, 60],
      [7000, 70],
      [8000, 80],
      [8100, 100],
    ] as const)
      at(ms, done);
    expect(said).toEqual(["20/100 2000", "70/100 7000", "100/100 8100"]);
  });
});
