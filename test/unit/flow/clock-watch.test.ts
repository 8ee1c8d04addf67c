import { expect, it } from "vitest";
import { instant } from "#core/instant";
import { createClockWatch } from "#flow/clock-watch";
import { FakeClock } from "../../fakes/fake-clock";
import { RecordingLogger } from "../../fakes/quiet";

function watched(earliest = instant(0)) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  return { clock, logger, watch: createClockWatch({ clock, logger, earliest }) };
}

it("a jump is noticed though nobody asks, said once, and forgiven after five steady minutes", async () => {
  const { clock, logger, watch } = watched();
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  clock.jumpWall(3_600_000);
  await clock.advance(10_000);
  await clock.advance(10_000);
  expect(logger.lines.map(({ level }) => level)).toEqual(["warn"]);
  expect(watch.fault()).toBe("jumped");
  for (let i = 0; i < 30; i++) await clock.advance(10_000);
  expect(watch.fault()).toBeNull();
  expect(logger.lines.map(({ message }) => message)).toEqual([
    expect.stringContaining("the clock was set"),
    expect.stringContaining("again"),
  ]);
  stop.abort();
  await running;
});

it("a clock before the newest decision is wrong from the first moment", async () => {
  const clock = new FakeClock();
  const { logger, watch } = watched(instant(clock.now() + 60_000));
  expect(watch.fault()).toBe("too_early");
  expect(watch.fault()).toBe("too_early");
  expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining("the clock is slow")]);
});
