import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { createCloudSearch } from "#adapters/verifik/cloud-search";
import { openSearchClient } from "#adapters/verifik/search-client";
import { networkThenLocal } from "#flow/engines";
import { createKnownRefusals } from "#flow/known-refusals";
import { createSearchLane } from "#flow/search-lane";
import { openDeskRig } from "../fakes/desk-rig";
import { templateOf } from "../fakes/faces";
import { FakeClock } from "../fakes/fake-clock";
import { MemoryGallery } from "../fakes/memory-gallery";
import { createPlainSearch } from "../fakes/plain-search";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet";
import { type Answer, openScriptedSearchServer } from "../fixtures/scripted-search-server";

const ADA: Answer = { body: '{"data":[{"id":"person-1","score":0.95}]}' };
const never: Answer = () => {};

/** A door whose client, server and connections are real; time is the test's own. */
async function opened(answers: readonly Answer[], mayPassOffline: boolean) {
  const server = await openScriptedSearchServer(answers);
  const clock = new FakeClock();
  const metrics = new RecordingMetrics();
  const client = await openSearchClient({
    url: server.url,
    token: () => "token",
    timeoutMs: 1900,
    clock,
    random: () => 0,
    logger: new RecordingLogger(),
    metrics,
    userAgent: "limen-test",
  });
  const refusals = createKnownRefusals({ samePersonCosine: 0.5, memoryMs: 600_000, clock, metrics });
  const laneOf = (engine: Parameters<typeof createSearchLane>[0]["engine"], deadlineMs: number) =>
    createSearchLane({ engine, clock, concurrency: 4, deadlineMs });
  const network = laneOf(createCloudSearch(client, { people: () => 0 }), 2000);
  const gallery = new MemoryGallery();
  await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  const local = { ...createPlainSearch(gallery), size: () => 1 };
  const rig = await openDeskRig({
    clock,
    engines: () =>
      networkThenLocal({
        network,
        local: laneOf(local, 400),
        refusals,
        isResting: client.isResting,
        fallbackAfterMs: 700,
        clock,
      }),
    policy: { engine: "verifik_then_local" },
    offlineAllowed: (ada) => (mayPassOffline ? [ada] : []),
  });
  /** One look; meanwhile time passes, slower than the real one so that a server that answers is never late. */
  const look = async (axis: number): Promise<void> => {
    let isOver = false;
    const looking = rig.look(1, templateOf(axis)).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await delay(10);
      if (!isOver) await clock.advance(5);
    }
    await looking;
    await rig.tick();
    await clock.advance(100);
  };
  return {
    ...rig,
    clock,
    look,
    server,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Ada has been seen, and named once; then the server is gone, or says nothing any more. */
async function interrupted(how: "killed" | "hangs", mayPassOffline = true) {
  const s = await opened([ADA, never], mayPassOffline);
  await s.look(0);
  expect(s.server.seen).toHaveLength(1);
  expect(s.audit.records).toEqual([]);
  if (how === "killed") await s.server[Symbol.asyncDispose]();
  return { s, goneAtMs: s.clock.monotonicMs() };
}

it.each(["killed", "hangs"] as const)(
  "a server %s in the middle of a visit lets a resident in within 2 s",
  async (how) => {
    const { s, goneAtMs } = await interrupted(how);
    await using _ = s;
    while (s.grants.length === 0 && s.clock.monotonicMs() - goneAtMs < 4000) await s.look(0);
    expect(s.grants).toMatchObject([{ personId: s.ada }]);
    expect(s.clock.monotonicMs() - goneAtMs).toBeLessThanOrEqual(2000);
    expect(s.audit.records[0]?.situation.visit.evidence.map(({ answers }) => answers[0])).toMatchObject([
      { engine: "verifik" },
      { engine: "local", fallback: true },
    ]);
  },
);

it.each(["killed", "hangs"] as const)("a server %s in the middle of a visit lets nobody else in", async (how) => {
  const { s, goneAtMs } = await interrupted(how, false);
  await using _ = s;
  while (s.clock.monotonicMs() - goneAtMs < 4000) await s.look(0);
  await s.leave(1);
  expect(s.grants).toEqual([]);
  expect(s.audit.records).toMatchObject([{ result: "deny", reason: "engine_offline", personId: s.ada }]);
});

it("a stranger gains nothing by an outage", async () => {
  const { s, goneAtMs } = await interrupted("killed");
  await using _ = s;
  while (s.clock.monotonicMs() - goneAtMs < 4000) await s.look(3);
  await s.leave(1);
  expect(s.grants).toEqual([]);
});
