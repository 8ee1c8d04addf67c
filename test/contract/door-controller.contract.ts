import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Grant } from "#core/grant";
import type { DoorController } from "#ports/door-controller";
import { until } from "../fixtures/until.js";

export interface DoorUnderTest extends AsyncDisposable {
  readonly door: DoorController;
  /** A grant for this door (or another), from evidence so old. */
  grant(ageMs?: number, door?: string): Grant;
  /** How often the lock was released. */
  openings(): number | Promise<number>;
  /** Takes the controller away and waits until that is known. */
  loseController(): Promise<void>;
}

/** What every door controller must do, whatever moves the lock. `open` gives one that is ready, with a pulse under a second. */
export function doorControllerContract(name: string, open: () => Promise<DoorUnderTest>): void {
  describe(`${name} as a door controller`, () => {
    let part: DoorUnderTest;
    const noSignal = new AbortController().signal;
    beforeEach(async () => {
      part = await open();
    });
    afterEach(async () => {
      await part[Symbol.asyncDispose]();
    });

    it("opens once for a live grant and says when", async () => {
      const ack = await part.door.open(part.grant(), noSignal);
      expect(ack).toMatchObject({ actuation: "acked", why: "ok" });
      expect(ack.commandId).toBeTruthy();
      expect(ack.ackedAtMs ?? 0).toBeGreaterThanOrEqual(ack.sentAtMs ?? Number.POSITIVE_INFINITY);
      expect(await part.openings()).toBe(1);
    });

    it("opens for nobody whose grant is over, and sends nothing", async () => {
      const ack = await part.door.open(part.grant(3001), noSignal);
      expect(ack).toEqual({
        commandId: null,
        actuation: "expired",
        why: "grant_expired",
        sentAtMs: null,
        ackedAtMs: null,
      });
      expect(await part.openings()).toBe(0);
    });

    it("refuses a grant for another door", async () => {
      expect(await part.door.open(part.grant(0, "back"), noSignal)).toMatchObject({
        actuation: "refused",
        why: "wrong_door",
      });
      expect(await part.openings()).toBe(0);
    });

    it("carries out one command at a time, and queues none", async () => {
      const acks = await Promise.all([1, 2, 3].map(() => part.door.open(part.grant(), noSignal)));
      expect(acks.map(({ actuation, why }) => `${actuation} ${why}`)).toEqual([
        "acked ok",
        "refused busy",
        "refused busy",
      ]);
      expect(await part.openings()).toBe(1);
    });

    it("reports that it has relocked, and can then open again", async () => {
      const stop = new AbortController();
      const kinds: string[] = [];
      const reading = (async () => {
        for await (const { kind } of part.door.feedback(stop.signal)) kinds.push(kind);
      })();
      await part.door.open(part.grant(), noSignal);
      await until("it has relocked", () => kinds.includes("relocked"), 5000);
      stop.abort();
      await reading;
      expect(await part.door.open(part.grant(), noSignal)).toMatchObject({ actuation: "acked" });
    });

    it("refuses at once while the controller is away", async () => {
      await part.loseController();
      const startedMs = performance.now();
      expect(await part.door.open(part.grant(), noSignal)).toMatchObject({
        actuation: "controller_offline",
        sentAtMs: null,
      });
      expect(performance.now() - startedMs).toBeLessThan(1000);
      expect(part.door.health().controller).toBe("offline");
      expect(await part.openings()).toBe(0);
    });

    it("sends nothing for a signal that is aborted already", async () => {
      expect(await part.door.open(part.grant(), AbortSignal.abort())).toMatchObject({
        actuation: "failed",
        why: "stopped",
        sentAtMs: null,
      });
      expect(await part.openings()).toBe(0);
    });
  });
}
