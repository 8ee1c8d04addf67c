import { beforeEach, expect, it } from "vitest";
import { createOpenings, type Openings } from "#adapters/console/openings";
import { FakeClock } from "../../../fakes/fake-clock";
import { RecordedRemote } from "../../../fakes/recorded-remote";

const ANN = { account: "ann", door: "front" };
let clock: FakeClock;
let remote: RecordedRemote;
let openings: Openings;
beforeEach(() => {
  clock = new FakeClock();
  remote = new RecordedRemote();
  openings = createOpenings({ remote, clock, signal: new AbortController().signal });
});

it("a slip that is unknown, old, or of another account or door asks for nothing", async () => {
  expect(openings.open("", ANN)).toBeNull();
  expect(openings.open("guessed", ANN)).toBeNull();
  const slip = openings.slip(ANN);
  expect(openings.open(slip, { ...ANN, account: "ben" })).toBeNull();
  expect(openings.open(slip, { ...ANN, door: "back" })).toBeNull();
  await clock.advance(60_001);
  expect(openings.open(slip, ANN)).toBeNull();
  expect(remote.requests).toEqual([]);
});

it("a slip opens once, and says to whoever sends it again what became of that", async () => {
  const slip = openings.slip(ANN);
  await clock.advance(60_000);
  const both = await Promise.all([openings.open(slip, ANN), openings.open(slip, ANN)]);
  expect(both).toEqual([remote.answers, remote.answers]);
  await clock.advance(3_600_000);
  remote.answers = { result: "refused", id: null, why: "rate_limited" };
  expect(await openings.open(slip, ANN)).toEqual(both[0]);
  expect(await openings.answer(slip, ANN)).toEqual(both[0]);
  expect(remote.requests).toEqual([
    {
      ...{ door: "front", by: "console:ann", proof: "session", id: slip },
      ...{ madeAt: null, expiresAt: null, retained: false, listeningMs: null },
    },
  ]);
});

it("what a refused slip was told stays so: a reload must not open later", async () => {
  remote.answers = { result: "refused", id: "01E", why: "door_locked_down" };
  const slip = openings.slip(ANN);
  await openings.open(slip, ANN);
  remote.answers = { result: "granted", id: "01F", actuation: "acked", why: "ok" };
  expect(await openings.open(slip, ANN)).toMatchObject({ result: "refused" });
  expect(remote.requests).toHaveLength(1);
});

it("the answer is for whoever asked, and there is none before", async () => {
  const slip = openings.slip(ANN);
  expect(openings.answer(slip, ANN)).toBeNull();
  await openings.open(slip, ANN);
  expect(openings.answer(slip, { ...ANN, account: "ben" })).toBeNull();
});

it("remembers 256, and the oldest is good for nothing after that, used or not", async () => {
  const [used, unused] = [openings.slip(ANN), openings.slip(ANN)];
  await openings.open(used, ANN);
  const slips = Array.from({ length: 256 }, () => openings.slip(ANN));
  expect(new Set(slips).size).toBe(256);
  expect([openings.open(used, ANN), openings.open(unused, ANN)]).toEqual([null, null]);
  expect(remote.requests).toHaveLength(1);
});
