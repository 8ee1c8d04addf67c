import { describe, expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import type { EngineChoice } from "#core/engine-choice";
import { DEFAULT_THRESHOLD } from "#core/threshold";
import { LimenError } from "#errors";
import { bothEngines, type Engines, networkEngine, networkThenLocal } from "#flow/engines";
import { createKnownRefusals } from "#flow/known-refusals";
import { createSearchLane, type SearchLane } from "#flow/search-lane";
import type { FaceSearch, SearchRequest } from "#ports/face-search";
import { openDeskRig } from "../../fakes/desk-rig";
import { templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { RecordingMetrics } from "../../fakes/quiet";

type Says = (request: SearchRequest) => Promise<Candidate[]>;
const offline = async (): Promise<never> => {
  throw new LimenError("LIMEN_ENGINE_UNREACHABLE", "gone");
};
const hangs: Says = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
const found =
  (personId: string, score = 0.9): Says =>
  async () => [{ personId, score }];

/** A network engine and a local one that say what the test wants, behind a door. */
async function opened(choice: EngineChoice, mayPassOffline = true) {
  const clock = new FakeClock();
  const metrics = new RecordingMetrics();
  const says = { network: found("nobody", 0), local: found("nobody", 0), isResting: false };
  const calls = { network: 0, local: 0 };
  const engineOf = (which: "network" | "local"): FaceSearch => ({
    size: () => 10,
    search(request) {
      calls[which]++;
      return says[which](request);
    },
  });
  const laneOf = (which: "network" | "local", deadlineMs: number): SearchLane =>
    createSearchLane({ engine: engineOf(which), clock, concurrency: which === "local" ? 1 : 4, deadlineMs });
  const refusals = createKnownRefusals({ samePersonCosine: 0.5, memoryMs: 600_000, clock, metrics });
  const parts = { network: laneOf("network", 2000), refusals };
  const local = laneOf("local", 400);
  const engines = (): Engines => {
    if (choice === "verifik") return networkEngine(parts);
    if (choice === "both_agree") return bothEngines({ ...parts, local, localThreshold: DEFAULT_THRESHOLD, metrics });
    return networkThenLocal({ ...parts, local, isResting: () => says.isResting, fallbackAfterMs: 700, clock });
  };
  const rig = await openDeskRig({
    clock,
    engines,
    policy: { engine: choice },
    offlineAllowed: (ada) => (mayPassOffline ? [ada] : []),
  });
  /** Looks at a face ten times a second; time goes on while an engine thinks. */
  const stand = async (ms: number, axis = 0, track = 1): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      let isOver = false;
      const looking = rig.look(track, templateOf(axis)).finally(() => {
        isOver = true;
      });
      await flush();
      for (; !isOver && passed < ms; passed += 100) await clock.advance(100);
      if (isOver) await looking;
      await rig.tick();
      await clock.advance(100);
    }
    await rig.settled();
  };
  const reasons = (): string[] => [...new Set(rig.audit.records.map(({ reason }) => reason))];
  return { ...rig, clock, metrics, says, calls, stand, reasons };
}

describe("a stranger who stands at a cloud door for 10 minutes", () => {
  it("costs at most 3 calls, however often the track is lost and whatever second tries there are", async () => {
    const s = await opened("verifik");
    s.says.network = found(s.ada, 0.3);
    let track = 1;
    for (let second = 0; second < 600; second++) {
      // Every 7 s the face is lost and found again as another; each time it comes clearly nearer, which earns a second try.
      if (second % 7 === 6) await s.leave(track++);
      for (let i = 0; i < 5; i++) {
        await s.look(track, templateOf(3), 60 + (second % 7) * 25);
        await s.tick();
        await s.clock.advance(200);
      }
    }
    await s.leave(track);
    expect(s.calls.network).toBe(3);
    expect(s.grants).toEqual([]);
    expect(s.audit.records.length).toBeGreaterThan(80);
    expect(s.reasons()).toEqual(["unknown_person"]);
  });

  it("does not keep Ada out, who does not look like them", async () => {
    const s = await opened("verifik");
    await s.stand(5000, 3, 1);
    s.says.network = found(s.ada);
    await s.stand(2000, 0, 2);
    expect(s.grants).toMatchObject([{ personId: s.ada }]);
    expect(s.calls.network).toBe(5);
  });

  it("costs no call at all where both engines must agree and the local one knows nobody", async () => {
    const s = await opened("both_agree");
    s.says.local = found(s.ada, 0.4);
    await s.stand(10_000, 3);
    expect(s.calls.network).toBe(0);
    expect(s.metrics.of("limen_engine_calls_saved_total")).toBeGreaterThan(2);
    expect(s.audit.records).toMatchObject([{ reason: "unknown_person" }]);
  });
});

it("who is let in again and again is asked about each time", async () => {
  const s = await opened("verifik");
  s.says.network = found(s.ada);
  for (let visit = 1; visit <= 4; visit++) {
    await s.stand(1500, 0, visit);
    await s.leave(visit);
    await s.clock.advance(6000);
  }
  expect(s.grants).toHaveLength(4);
  expect(s.calls.network).toBe(8);
});

describe("an outage in the middle of a visit", () => {
  /** Named once by the network; from then on it does not answer. */
  async function interrupted(network: Says, mayPassOffline = true) {
    const s = await opened("verifik_then_local", mayPassOffline);
    s.says.network = found(s.ada);
    s.says.local = found(s.ada);
    await s.stand(200);
    expect(s.calls.network).toBe(1);
    s.says.network = network;
    return s;
  }

  it.each<[string, Says]>([
    ["refuses connections", offline],
    ["hangs", hangs],
  ])("lets an offline_allowed resident in within 2 s when the server %s", async (_, network) => {
    const s = await interrupted(network);
    const goneAtMs = s.clock.monotonicMs();
    for (let i = 0; i < 19 && s.grants.length === 0; i++) await s.stand(100);
    expect(s.grants).toMatchObject([{ personId: s.ada }]);
    expect(s.clock.monotonicMs() - goneAtMs).toBeLessThanOrEqual(2000);
    const fallback = s.audit.records[0]?.situation.visit.evidence.at(-1)?.answers;
    expect(fallback).toMatchObject([{ engine: "local", fallback: true }]);
  });

  it.each<[string, Says]>([
    ["refuses connections", offline],
    ["hangs", hangs],
  ])("lets nobody else in when the server %s", async (_, network) => {
    const s = await interrupted(network, false);
    await s.stand(6000);
    await s.leave(1);
    expect(s.grants).toEqual([]);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "engine_offline", personId: s.ada }]);
  });

  it("lets nobody in whom the local engine does not know", async () => {
    const s = await interrupted(offline);
    s.says.local = found("somebody", 0.9);
    await s.stand(6000);
    await s.leave(1);
    expect(s.grants).toEqual([]);
  });
});

describe("verifik_then_local", () => {
  it("lets a resident in at once when the server hangs from the start, without asking it again", async () => {
    const s = await opened("verifik_then_local");
    s.says.network = hangs;
    s.says.local = found(s.ada);
    await s.stand(1500);
    expect(s.grants).toHaveLength(1);
    expect(s.calls.network).toBe(1);
  });

  it("asks the local engine alone while the other is left alone, as often as one that costs nothing", async () => {
    const s = await opened("verifik_then_local");
    s.says.isResting = true;
    s.says.local = found(s.ada);
    await s.stand(200);
    expect(s.grants).toHaveLength(1);
    expect(s.calls.network).toBe(0);
  });

  it.each(["LIMEN_ENGINE_PROTOCOL", "LIMEN_ENGINE_AUTH", "LIMEN_ENGINE_CAP", "LIMEN_STORE_FULL"] as const)(
    "lets nobody take the place of an engine whose fault is %s",
    async (code) => {
      const s = await opened("verifik_then_local");
      s.says.local = found(s.ada);
      s.says.network = async () => {
        throw new LimenError(code, "");
      };
      await s.stand(6000);
      await s.leave(1);
      expect(s.grants).toEqual([]);
      expect(s.reasons()).toEqual([code === "LIMEN_ENGINE_CAP" ? "spend_cap" : "engine_error"]);
    },
  );

  it("does not use the answer of a call that was given up, though it names somebody", async () => {
    const s = await opened("verifik_then_local");
    s.says.network = async () => {
      await s.clock.sleep(1000);
      return [{ personId: s.ada, score: 0.99 }];
    };
    await s.stand(6000);
    await s.leave(1);
    expect(s.grants).toEqual([]);
  });

  it("denies with engine_error when neither engine works", async () => {
    const s = await opened("verifik_then_local");
    s.says.network = offline;
    s.says.local = async () => {
      throw new LimenError("LIMEN_SEARCH_FAILED", "");
    };
    await s.stand(4000);
    expect(s.reasons()).toEqual(["engine_error"]);
  });
});

describe("both_agree", () => {
  it("lets in whom both name", async () => {
    const s = await opened("both_agree");
    s.says.local = found(s.ada);
    s.says.network = found(s.ada);
    await s.stand(2000);
    expect(s.grants).toMatchObject([{ personId: s.ada }]);
    expect(s.calls.network).toBe(2);
  });

  it.each<[string, string, Says]>([
    ["the network names another", "ambiguous", found("ben")],
    ["the network is not sure", "below_threshold", found("person-1", 0.8)],
    ["the network is out", "engine_offline", offline],
  ])("lets nobody in when %s, after three calls a try at most", async (_, reason, network) => {
    const s = await opened("both_agree");
    s.says.local = found(s.ada);
    s.says.network = network;
    await s.stand(6000);
    await s.leave(1);
    expect(s.grants).toEqual([]);
    // A visit about which nobody could be asked gets its second try at once.
    expect(s.calls.network).toBeLessThanOrEqual(network === offline ? 6 : 3);
    expect(s.reasons()).toEqual([reason]);
  });
});
