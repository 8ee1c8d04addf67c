import { describe, expect, it } from "vitest";
import { createSuccession } from "#flow/succession";
import { FakeClock } from "../../fakes/fake-clock";

const GRACE_MS = 1000;

/** Generations that stop when they are told to, with what each opened with and used. */
function house(fails: (name: string) => boolean = () => false, cannotUse: (name: string) => boolean = () => false) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const lives: string[] = [];
  const refused: unknown[] = [];
  const broken: unknown[] = [];
  let gate: Promise<void> = Promise.resolve();
  const line = createSuccession<string>({
    first: "first",
    async open(name, signal) {
      await gate;
      if (fails(name)) throw new Error(`${name} does not open`);
      lives.push(name);
      return {
        async use(next) {
          if (cannotUse(next)) throw new Error(`${name} cannot take over ${next}`);
          lives.push(`${name} uses ${next}`);
        },
        untilStopped: () =>
          new Promise((resolve) => {
            if (signal.aborted) resolve();
            signal.addEventListener("abort", () => resolve());
          }),
      };
    },
    onRefused: (error) => void refused.push(error),
    onBroken: (error) => void broken.push(error),
    graceMs: GRACE_MS,
    clock,
    signal: stop.signal,
  });
  const ended = line.run();
  const hold = (): (() => void) => {
    let release = (): void => {};
    gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  const inTurn = (work: () => unknown) => line.inTurn(async () => work());
  const end = (): Promise<void> => {
    stop.abort();
    return ended;
  };
  return { clock, line, lives, refused, broken, hold, inTurn, stop: end };
}

describe("one generation after the other", () => {
  it("a live change is used by the one that runs; anything else opens the next, after the grace", async () => {
    const { line, lives, clock, inTurn, stop } = house();
    expect(await inTurn(() => line.use("live"))).toBe(true);
    await inTurn(() => line.openAnew("second"));
    await clock.advance(GRACE_MS - 1);
    expect(lives).toEqual(["first", "first uses live"]);
    await clock.advance(1);
    await inTurn(() => {});
    expect(lives).toEqual(["first", "first uses live", "second"]);
    await stop();
  });

  it("a live change in the grace before a restart is not lost: the next generation opens with it", async () => {
    const { line, lives, clock, inTurn, stop } = house();
    await inTurn(() => line.openAnew(line.newest()));
    expect(await inTurn(() => line.use("door disabled"))).toBe(false);
    expect(line.newest()).toBe("door disabled");
    await clock.advance(GRACE_MS);
    await inTurn(() => {});
    expect(lives).toEqual(["first", "door disabled"]);
    await stop();
  });

  it("what is taken while a generation is being opened waits for it, and reaches it", async () => {
    const { line, lives, clock, hold, inTurn, stop } = house();
    await inTurn(() => {});
    const release = hold();
    await inTurn(() => line.openAnew("second"));
    await clock.advance(GRACE_MS);
    const used = inTurn(() => line.use("stricter"));
    release();
    await used;
    expect(lives).toEqual(["first", "second", "second uses stricter"]);
    await stop();
  });

  it("several restarts in the grace are one, with the last", async () => {
    const { line, lives, clock, inTurn, stop } = house();
    for (const name of ["second", "third", "fourth"]) await inTurn(() => line.openAnew(name));
    await clock.advance(2 * GRACE_MS);
    await inTurn(() => {});
    expect(lives).toEqual(["first", "fourth"]);
    await stop();
  });

  it("one that does not open is said, and the last that did opens again, with what it used", async () => {
    const { line, lives, refused, clock, inTurn, stop } = house((name) => name === "bad");
    await inTurn(() => line.use("live"));
    await inTurn(() => line.openAnew("bad"));
    await clock.advance(GRACE_MS);
    await inTurn(() => {});
    expect(refused).toHaveLength(1);
    expect(lives).toEqual(["first", "first uses live", "live"]);
    await stop();
  });

  it("what the running one cannot take over opens the next; where that does not open either, what ran opens again", async () => {
    const { line, lives, refused, broken, clock, inTurn, stop } = house(
      (name) => name === "bad",
      (name) => name !== "live",
    );
    expect(await inTurn(() => line.use("second"))).toBe(false);
    expect(broken).toMatchObject([{ message: "first cannot take over second" }]);
    await clock.advance(GRACE_MS);
    await inTurn(() => {});
    expect(lives).toEqual(["first", "second"]);
    expect(await inTurn(() => line.use("bad"))).toBe(false);
    await clock.advance(GRACE_MS);
    await inTurn(() => {});
    expect(lives).toEqual(["first", "second", "second"]);
    expect(refused).toMatchObject([{ message: "bad does not open" }]);
    await stop();
  });

  it("what comes while the running one takes something over waits for it", async () => {
    const { line, lives, inTurn, stop } = house();
    const both = [inTurn(() => line.use("one")), inTurn(() => line.use("two"))];
    await Promise.all(both);
    expect(lives).toEqual(["first", "first uses one", "first uses two"]);
    expect(line.newest()).toBe("two");
    await stop();
  });

  it("a first that does not open is the end", async () => {
    const { stop } = house((name) => name === "first");
    await expect(stop()).rejects.toThrow("first does not open");
  });
});
