import { describe, expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import type { PassbackPolicy } from "#core/passback";
import { flush } from "../../fakes/fake-clock";
import { outliving, PULSE_MS, twoDoors } from "../../fakes/two-doors";

const strong = (personId: string): Candidate[] => [{ personId, score: 0.9 }];
const HOUSE: PassbackPolicy = { mode: "hard", resetMs: 12 * 3_600_000, enters: "house", leaves: null };

type Rig = Awaited<ReturnType<typeof rig>>;

/** Two doors whose leaves are shut, and Ada, who may pass both. */
async function rig(policies: Parameters<typeof twoDoors>[0] = {}, contacts = true) {
  const s = await twoDoors(policies, outliving());
  const ada = await s.enrol("Ada", 0);
  if (contacts) for (const door of ["inner", "outer"] as const) s.controllers[door].leaf(false);
  await s.clock.advance(PULSE_MS + 2000);
  return { ...s, ada };
}

/** What became of the commands, in the order in which it was told and kept. */
function outcomes({ audit, announcer }: Rig): string[] {
  const kept = audit.amendments.map(({ decisionId, actuation, why }) => `${decisionId} ${actuation} ${why}`);
  const told = announcer.told.filter(({ outcome }) => outcome.actuation !== "none");
  expect(told.map(({ record, outcome }) => `${record.id} ${outcome.actuation}`)).toEqual(
    kept.map((line) => line.split(" ").slice(0, 2).join(" ")),
  );
  return kept.map((line) => line.split(" ").slice(1).join(" "));
}

describe("a door that was released for somebody", () => {
  it("is confirmed under the same id when it is opened", async () => {
    const s = await rig();
    expect(await s.visit("outer", strong(s.ada))).toEqual(["ok"]);
    expect(outcomes(s)).toEqual(["acked ok"]);
    await s.clock.advance(2000);
    s.controllers.outer.leaf(true);
    await flush();
    expect(outcomes(s)).toEqual(["acked ok", "confirmed opened"]);
    expect(new Set(s.audit.amendments.map(({ decisionId }) => decisionId)).size).toBe(1);
    s.controllers.outer.leaf(false);
    await s.clock.advance(60_000);
    expect(outcomes(s)).toHaveLength(2);
    expect(s.announcer.events).toEqual([]);
  });

  it("and is not opened within five seconds is locked again, and that is said", async () => {
    const s = await rig();
    await s.visit("outer", strong(s.ada));
    await s.clock.advance(4900);
    expect([outcomes(s), s.controllers.outer.relocks]).toEqual([["acked ok"], 0]);
    await s.clock.advance(200);
    expect([outcomes(s), s.controllers.outer.relocks]).toEqual([["acked ok", "cancelled not_opened"], 1]);
  });

  it("is not locked before the face of the next one, whose release is younger", async () => {
    const s = await rig();
    await s.visit("outer", strong(s.ada));
    await s.clock.advance(4000);
    await s.visit("outer", strong(s.ada));
    await s.clock.advance(1500);
    expect(outcomes(s)).toEqual(["acked ok", "acked ok", "cancelled not_opened"]);
    expect(s.controllers.outer.relocks).toBe(0);
  });

  it("without a contact is never cancelled", async () => {
    const s = await rig({}, false);
    await s.visit("outer", strong(s.ada));
    await s.clock.advance(20_000);
    expect([outcomes(s), s.controllers.outer.relocks]).toEqual([["acked ok"], 0]);
  });

  it("without a contact is confirmed by its lock's own word, not by the word that was its answer", async () => {
    const s = await rig({}, false);
    await s.visit("outer", strong(s.ada));
    s.controllers.outer.lock("unlocked", "command-1");
    await flush();
    expect(outcomes(s)).toEqual(["acked ok"]);
    s.controllers.outer.lock("unlocked", null);
    await flush();
    expect(outcomes(s)).toEqual(["acked ok", "confirmed unlocked"]);
  });

  it("and stands open already lets in all the same, and needs no opening to be confirmed", async () => {
    const s = await rig();
    s.controllers.outer.leaf(true);
    await flush();
    await s.clock.advance(40_000);
    expect(s.announcer.events.map(({ kind }) => kind)).toEqual(["forced"]);
    expect(await s.visit("outer", strong(s.ada))).toEqual(["ok"]);
    expect(outcomes(s)).toEqual(["acked ok", "confirmed already_open"]);
  });
});

describe("whoever was let in and did not open the door", () => {
  it("is not inside, where a contact says so", async () => {
    const s = await rig({ outer: { passback: HOUSE } });
    await s.visit("outer", strong(s.ada));
    // Until it is known they are about to be.
    expect(await s.visit("outer", strong(s.ada))).toEqual(["anti_passback"]);
    await s.clock.advance(5100);
    expect(await s.visit("outer", strong(s.ada))).toEqual(["ok"]);
    s.controllers.outer.leaf(true);
    await flush();
    s.controllers.outer.leaf(false);
    await s.clock.advance(5100);
    expect(await s.visit("outer", strong(s.ada))).toEqual(["anti_passback"]);
    expect(s.store.kept).toMatchObject([{ personId: s.ada, area: "house" }]);
  });
});

describe("a door whose leaf stands open", () => {
  it("keeps the other door of its interlock shut, though its lock is shut again", async () => {
    const s = await rig({ inner: { interlockedWith: ["outer"] } });
    await s.visit("outer", strong(s.ada));
    s.controllers.outer.leaf(true);
    await s.clock.advance(PULSE_MS + 3000);
    expect(await s.visit("inner", strong(s.ada))).toEqual(["interlock"]);
    s.controllers.outer.leaf(false);
    await flush();
    expect(await s.visit("inner", strong(s.ada))).toEqual(["ok"]);
  });

  it("is told once when it was forced, and once when it is held open; in the log, the audit log and to whoever listens", async () => {
    const s = await rig();
    s.controllers.inner.leaf(true);
    await s.clock.advance(3000);
    await s.visit("outer", strong(s.ada));
    s.controllers.outer.leaf(true);
    await s.clock.advance(30_000);
    await s.clock.advance(300_000);
    s.controllers.inner.leaf(false);
    s.controllers.outer.leaf(false);
    await flush();
    const said = ["inner forced", "outer held_open", "inner shut_again", "outer shut_again"];
    expect(s.announcer.events.map(({ door, kind }) => `${door} ${kind}`)).toEqual(said);
    expect(s.audit.notes.map(({ door, kind }) => `${door} ${kind}`)).toEqual(said);
    expect(s.metrics.of("limen_door_events_total")).toBe(4);
    expect(s.opened()).toEqual({ inner: 0, outer: 1 });
  });
});
