import { describe, expect, it } from "vitest";
import { LimenError } from "#errors";
import { openSiteControl } from "#flow/site-control";
import { FakeClock } from "../../fakes/fake-clock";
import { FakeDoor } from "../../fakes/fake-door";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";

interface Kept {
  readonly floor?: number | null;
  readonly kept?: () => Promise<number | null>;
  readonly slowly?: (score: number) => Promise<void>;
  readonly full?: boolean;
}

async function open(parts: Kept = {}) {
  const clock = new FakeClock();
  const door = new FakeDoor("front", clock);
  const kept: number[] = [];
  const restarts: string[] = [];
  const control = await openSiteControl({
    floor: () => parts.floor ?? null,
    kept: parts.kept ?? (async () => null),
    keep: async (score) => {
      if (parts.full === true) throw new LimenError("LIMEN_STORE_FULL", "the disk is full");
      await parts.slowly?.(score);
      kept.push(score);
    },
    restart: () => void restarts.push("restart"),
    controllers: new Map([["front", door]]),
    clock,
    logger: new RecordingLogger(),
    metrics: new RecordingMetrics(),
  });
  return { control, kept, restarts, clock, door };
}

describe("the threshold from afar", () => {
  it("is raised, kept, told of, and taken back down to the configuration's own, never below", async () => {
    const { control, kept } = await open({ floor: 0.85 });
    let told = 0;
    control.watch(() => told++);
    expect(control.threshold()).toBe(0.85);
    expect(await control.raise(0.9, "mqtt")).toBe("changed");
    expect(control.threshold()).toBe(0.9);
    expect(await control.raise(0.8, "mqtt")).toBe("too_low");
    expect(control.threshold()).toBe(0.9);
    expect(await control.raise(0.85, "mqtt")).toBe("changed");
    expect([kept, told, control.threshold()]).toEqual([[0.9, 0.85], 2, 0.85]);
  });

  it.each([0.4, 1.1, Number.NaN, -1])("is not %d", async (score) => {
    const { control, kept } = await open();
    expect(await control.raise(score, "mqtt")).toBe("malformed");
    expect([kept, control.threshold()]).toEqual([[], null]);
  });

  it("that was kept holds after a restart, under a configuration that asks for more, too", async () => {
    expect((await open({ kept: async () => 0.9 })).control.threshold()).toBe(0.9);
    expect((await open({ kept: async () => 0.9, floor: 0.95 })).control.threshold()).toBe(0.95);
  });

  it("asked for twice at once is the later one, on the disk as in force", async () => {
    const { control, kept } = await open({
      // The disk takes its time over the first.
      slowly: async (score) => {
        for (let turns = score === 0.9 ? 20 : 1; turns > 0; turns--) await Promise.resolve();
      },
    });
    await Promise.all([control.raise(0.9, "mqtt"), control.raise(0.95, "mqtt")]);
    expect([kept, control.threshold()]).toEqual([[0.9, 0.95], 0.95]);
  });

  it("that is lowered while a higher one is asked for stays the higher one", async () => {
    const { control, kept } = await open({ kept: async () => 0.9, slowly: async () => {} });
    const lowered = control.raise(0.8, "mqtt");
    const raised = control.raise(0.95, "mqtt");
    expect(control.threshold()).toBe(0.95);
    await lowered;
    expect(control.threshold()).toBe(0.95);
    await raised;
    expect([kept, control.threshold()]).toEqual([[0.8, 0.95], 0.95]);
  });

  it("that cannot be kept holds if it lets fewer in, not if it lets more in; one that cannot be read lets nobody in", async () => {
    const { control } = await open({ full: true, floor: 0.85, kept: async () => 0.9 });
    expect(await control.raise(0.95, "mqtt")).toBe("not_kept");
    expect(control.threshold()).toBe(0.95);
    expect(await control.raise(0.86, "mqtt")).toBe("not_kept");
    expect(control.threshold()).toBe(0.95);
    const broken = await open({ kept: () => Promise.reject(new Error("half a number")), floor: 0.85 });
    expect(broken.control.threshold()).toBe(1);
  });
});

it("a restart from afar is had twice, then once in two minutes", async () => {
  const { control, restarts, clock } = await open();
  expect([1, 2, 3].map(() => control.restart("mqtt"))).toEqual(["granted", "granted", "rate_limited"]);
  await clock.advance(120_000);
  expect(control.restart("mqtt")).toBe("granted");
  expect(restarts).toHaveLength(3);
});

it("a test of a door says how it would be, and moves nothing", async () => {
  const { control, door } = await open();
  expect(control.test("front", "mqtt")).toMatchObject({ isOk: true, controller: "online", concerns: [] });
  door.controller = "offline";
  expect(control.test("front", "mqtt")).toMatchObject({ isOk: false, controller: "offline" });
  expect(control.test("back", "mqtt")).toBeNull();
  expect(door.opened).toEqual([]);
});
