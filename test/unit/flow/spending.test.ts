import { expect, it } from "vitest";
import type { SpendCaps } from "#core/spend";
import { openSpending } from "#flow/spending";
import { FakeClock } from "../../fakes/fake-clock";
import { MemorySpendBook } from "../../fakes/memory-spend-book";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";

async function opened(caps: Partial<SpendCaps>, book = new MemorySpendBook()) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const all = { minute: null, day: null, month: null, ...caps };
  const spending = await openSpending({ book, caps: all, timeZone: "Europe/Berlin", clock, logger, metrics });
  return { clock, logger, metrics, book, spending };
}
const MINUTE = 60_000;

it("counts without a limit when there is none", async () => {
  const s = await opened({});
  for (let i = 0; i < 100; i++) await s.spending.admit();
  expect(s.spending.spent()).toEqual({ minute: 100, day: 100, month: 100 });
  expect(s.metrics.of("limen_engine_calls_total")).toBe(100);
  expect(s.spending.reached()).toBeNull();
});

it("refuses calls beyond a cap until the next span begins, and tells of it once", async () => {
  const s = await opened({ minute: 2 });
  await s.spending.admit();
  await s.spending.admit();
  expect(s.spending.reached()).toBe("minute");
  for (let i = 0; i < 3; i++) {
    await expect(s.spending.admit()).rejects.toMatchObject({
      code: "LIMEN_ENGINE_CAP",
      hint: expect.stringContaining("search.verifik.caps.per_minute"),
    });
  }
  expect(s.logger.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  expect(s.metrics.of("limen_engine_calls_capped_total")).toBe(3);
  expect(s.metrics.of("limen_engine_calls_total")).toBe(2);
  await s.clock.advance(MINUTE);
  expect(s.spending.reached()).toBeNull();
  await s.spending.admit();
  expect(s.spending.spent()).toEqual({ minute: 1, day: 3, month: 3 });
});

it("begins a new month at the site's midnight", async () => {
  const s = await opened({ month: 1 });
  // 2026-01-15 12:00 UTC → 2026-01-31 22:59 UTC, 23:59 at the site.
  s.clock.jumpWall(16 * 24 * 60 * MINUTE + (10 * 60 + 59) * MINUTE);
  await s.spending.admit();
  await expect(s.spending.admit()).rejects.toMatchObject({ code: "LIMEN_ENGINE_CAP" });
  s.clock.jumpWall(MINUTE);
  await s.spending.admit();
  expect(s.spending.spent().month).toBe(1);
});

it("gives no call away when the clock is set back: what was spent then stays spent", async () => {
  const s = await opened({ day: 1 });
  await s.spending.admit();
  s.clock.jumpWall(24 * 60 * MINUTE);
  await s.spending.admit();
  s.clock.jumpWall(-24 * 60 * MINUTE);
  await expect(s.spending.admit()).rejects.toMatchObject({ code: "LIMEN_ENGINE_CAP" });
});

it("refuses a call that cannot be counted", async () => {
  const s = await opened({});
  s.book.full = true;
  await expect(s.spending.admit()).rejects.toMatchObject({ code: "LIMEN_STORE_FULL" });
  expect(s.metrics.of("limen_engine_calls_total")).toBe(0);
});

it("knows what was spent before it was opened", async () => {
  const before = await opened({});
  await before.spending.admit();
  const after = await opened({ month: 1 }, before.book);
  expect(after.spending.reached()).toBe("month");
});
