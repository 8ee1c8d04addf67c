import { describe, expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import type { PassbackPolicy } from "#core/passback";
import { standingTrack } from "../../fakes/faces";
import { flush } from "../../fakes/fake-clock";
import { outliving, PULSE_MS, twoDoors } from "../../fakes/two-doors";

const strong = (personId: string): Candidate[] => [{ personId, score: 0.9 }];
const doubtful = (personId: string): Candidate[] => [{ personId, score: 0.7 }];
const HOUSE: PassbackPolicy = { mode: "hard", resetMs: 12 * 3_600_000, enters: "house", leaves: null };

describe("a door at which five doubtful faces were refused", () => {
  async function lockedOut() {
    const parts = outliving();
    const s = await twoDoors({}, parts);
    const ada = await s.enrol("Ada", 0);
    for (let i = 0; i < 5; i++) expect(await s.visit("inner", doubtful(ada))).toEqual(["below_threshold"]);
    return { ...s, parts, ada };
  }

  it("lets in nobody for half a minute, and then its residents again; the other door never minds", async () => {
    const s = await lockedOut();
    expect(await s.visit("inner", strong(s.ada))).toEqual(["locked_out"]);
    expect(s.opened()).toEqual({ inner: 0, outer: 0 });
    expect(await s.visit("outer", strong(s.ada))).toEqual(["ok"]);
    await s.clock.advance(30_000);
    expect(await s.visit("inner", strong(s.ada))).toEqual(["ok"]);
    expect(s.opened()).toEqual({ inner: 1, outer: 1 });
    expect(s.store.lockOuts.get("inner")).toMatchObject({ until: null, inARow: 0 });
  });

  it("says so once: in the log, in the audit log, to whoever listens, and in the numbers", async () => {
    const s = await lockedOut();
    await s.visit("inner", doubtful(s.ada));
    const said = { kind: "locked_out", door: "inner", lengthMs: 30_000 };
    expect(s.announcer.events).toMatchObject([said]);
    expect(s.audit.notes).toMatchObject([said]);
    expect(s.metrics.of("limen_door_events_total")).toBe(1);
    expect(s.logger.lines.filter(({ message }) => message.includes("opens for nobody"))).toHaveLength(1);
  });

  it("is still locked out after a restart, for no longer than it would have been", async () => {
    const s = await lockedOut();
    s.stop();
    await s.clock.advance(10_000);
    const again = await twoDoors({}, s.parts);
    expect(await again.visit("inner", strong(s.ada))).toEqual(["locked_out"]);
    await again.clock.advance(20_000);
    expect(await again.visit("inner", strong(s.ada))).toEqual(["ok"]);
  });

  it("is not let off by a wall clock that is set, in whichever direction", async () => {
    const s = await lockedOut();
    s.clock.jumpWall(3_600_000);
    expect(await s.visit("inner", strong(s.ada))).toEqual(["locked_out"]);
    s.clock.jumpWall(-7_200_000);
    await s.clock.advance(30_000);
    expect(await s.visit("inner", strong(s.ada))).toEqual(["ok"]);
  });

  it("is locked out also while the disk takes nothing, and says once that it may forget", async () => {
    const s = await twoDoors();
    const ada = await s.enrol("Ada", 0);
    s.store.full = true;
    for (let i = 0; i < 5; i++) await s.visit("inner", doubtful(ada));
    expect(await s.visit("inner", strong(ada))).toEqual(["locked_out"]);
    expect(s.opened().inner).toBe(0);
    const lines = () => s.logger.lines.filter(({ message }) => message.includes("what doors remember"));
    expect(lines()).toMatchObject([{ level: "error", fields: { code: "LIMEN_STORE_FULL" } }]);
    s.store.full = false;
    await s.clock.advance(30_000);
    await s.visit("inner", strong(ada));
    expect(lines()).toHaveLength(2);
    expect(s.store.lockOuts.get("inner")).toMatchObject({ inARow: 0 });
  });
});

describe("an area that nobody enters twice", () => {
  const inAndOut = {
    outer: { passback: HOUSE },
    inner: { passback: { ...HOUSE, enters: null, leaves: "house" } },
  };

  it("refuses who is inside, until they have left; the way out is refused to nobody", async () => {
    const s = await twoDoors(inAndOut);
    const ada = await s.enrol("Ada", 0);
    expect(await s.visit("inner", strong(ada))).toEqual(["ok"]);
    await s.clock.advance(5000);
    expect(await s.visit("outer", strong(ada))).toEqual(["ok"]);
    await s.clock.advance(5000);
    expect(await s.visit("outer", strong(ada))).toEqual(["anti_passback"]);
    expect(await s.visit("inner", strong(ada))).toEqual(["ok"]);
    await s.clock.advance(5000);
    expect(await s.visit("outer", strong(ada))).toEqual(["ok"]);
    expect(s.store.kept).toMatchObject([{ personId: ada, area: "house" }]);
  });

  it("remembers it over a restart, and forgets it after the reset", async () => {
    const parts = outliving();
    const s = await twoDoors(inAndOut, parts);
    const ada = await s.enrol("Ada", 0);
    expect(await s.visit("outer", strong(ada))).toEqual(["ok"]);
    await s.clock.advance(5000);
    s.stop();
    const again = await twoDoors(inAndOut, parts);
    expect(await again.visit("outer", strong(ada))).toEqual(["anti_passback"]);
    await again.clock.advance(12 * 3_600_000);
    expect(await again.visit("outer", strong(ada))).toEqual(["ok"]);
  });

  it("moves nobody for whom the door was not seen to open, and nobody in shadow mode", async () => {
    const s = await twoDoors({ outer: { passback: HOUSE }, inner: { passback: HOUSE, mode: "shadow" } });
    const ada = await s.enrol("Ada", 0);
    s.controllers.outer.controller = "offline";
    expect(await s.visit("outer", strong(ada))).toEqual(["ok"]);
    expect(await s.visit("inner", strong(ada))).toEqual(["ok"]);
    expect(await s.visit("inner", strong(ada))).toEqual(["ok"]);
    s.audit.full = true;
    s.controllers.outer.controller = "online";
    await s.visit("outer", strong(ada));
    s.audit.full = false;
    expect(s.opened()).toEqual({ inner: 0, outer: 0 });
    expect(s.store.kept).toEqual([]);
    expect(await s.visit("outer", strong(ada))).toEqual(["ok"]);
  });

  it("lets in again and notes it, where that is the policy", async () => {
    const s = await twoDoors({ outer: { passback: { ...HOUSE, mode: "soft" } } });
    const ada = await s.enrol("Ada", 0);
    for (let i = 0; i < 2; i++) {
      expect(await s.visit("outer", strong(ada))).toEqual(["ok"]);
      await s.clock.advance(5000);
    }
    expect(s.announcer.events).toMatchObject([{ kind: "anti_passback", door: "outer", personId: ada }]);
    expect(s.audit.notes).toHaveLength(1);
  });

  it("lets the same person in by one door only, of two at which they stand at once", async () => {
    const s = await twoDoors({ outer: { passback: HOUSE }, inner: { passback: HOUSE } });
    const ada = await s.enrol("Ada", 0);
    await bothAtOnce(s, ada);
    expect(s.opened().inner + s.opened().outer).toBe(1);
    expect(s.audit.records.map(({ reason }) => reason).sort()).toEqual(["anti_passback", "ok"]);
  });
});

/** The same face before both cameras, looked at in the same moments. */
async function bothAtOnce(s: Awaited<ReturnType<typeof twoDoors>>, personId: string): Promise<void> {
  s.says(strong(personId));
  const track = standingTrack(77);
  for (let i = 0; i < 3; i++) {
    await Promise.all([s.doors.inner.look(track), s.doors.outer.look(track)]);
    await s.clock.advance(100);
  }
  const { signal } = new AbortController();
  await Promise.all([s.doors.inner.desk.tick(signal), s.doors.outer.desk.tick(signal)]);
  await flush();
}

describe("two doors of which one opens only while the other is shut", () => {
  const PAIR = { inner: { interlockedWith: ["outer"] }, outer: { interlockedWith: ["inner"] } };
  async function pair() {
    const s = await twoDoors(PAIR);
    const ada = await s.enrol("Ada", 0);
    // What opened them before the start is over.
    await s.clock.advance(PULSE_MS + 2000);
    return { ...s, ada };
  }

  it("never open both, when somebody stands before each at once", async () => {
    const s = await pair();
    await bothAtOnce(s, s.ada);
    expect(s.opened().inner + s.opened().outer).toBe(1);
    expect(s.audit.records.map(({ reason }) => reason).sort()).toEqual(["interlock", "ok"]);
  });

  it("wait for each other's word that it has relocked", async () => {
    const s = await pair();
    expect(await s.visit("outer", strong(s.ada))).toEqual(["ok"]);
    expect(await s.visit("inner", strong(s.ada))).toEqual(["interlock"]);
    await s.clock.advance(PULSE_MS);
    expect(await s.visit("inner", strong(s.ada))).toEqual(["ok"]);
    expect(s.opened()).toEqual({ inner: 1, outer: 1 });
  });

  it("stay shut while the other's controller is away, and just after a start", async () => {
    const s = await twoDoors(PAIR);
    const ada = await s.enrol("Ada", 0);
    expect(await s.visit("inner", strong(ada))).toEqual(["interlock"]);
    await s.clock.advance(PULSE_MS + 2000);
    s.controllers.outer.controller = "offline";
    expect(await s.visit("inner", strong(ada))).toEqual(["interlock"]);
    s.controllers.outer.controller = "online";
    expect(await s.visit("inner", strong(ada))).toEqual(["ok"]);
  });

  it("hold nobody up for a door that did not open", async () => {
    const s = await pair();
    s.audit.full = true;
    await s.visit("outer", strong(s.ada));
    s.audit.full = false;
    expect(await s.visit("inner", strong(s.ada))).toEqual(["ok"]);
  });

  it("stay shut while somebody goes out by the other's button, which is noted and is no decision", async () => {
    const s = await pair();
    s.controllers.outer.press("p1");
    await flush();
    expect(await s.visit("inner", strong(s.ada))).toEqual(["interlock"]);
    expect(s.announcer.events).toMatchObject([{ kind: "request_to_exit", door: "outer" }]);
    expect(s.audit.notes).toMatchObject([{ kind: "request_to_exit" }]);
    expect(s.audit.records.map(({ door }) => door)).toEqual(["inner"]);
    s.controllers.outer.hasRelocked("p1");
    await flush();
    expect(await s.visit("inner", strong(s.ada))).toEqual(["ok"]);
  });
});

describe("an exit button", () => {
  it("that is stuck fills no log, and locks nobody out", async () => {
    const s = await twoDoors();
    const ada = await s.enrol("Ada", 0);
    for (let i = 0; i < 500; i++) {
      s.controllers.inner.press(`p${i}`);
      await flush();
    }
    expect(s.audit.notes.length).toBeLessThanOrEqual(21);
    expect(await s.visit("inner", strong(ada))).toEqual(["ok"]);
  });
});
