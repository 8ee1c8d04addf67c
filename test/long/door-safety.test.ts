import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openSafetyRig, type PeerKind, type SafetyRig, type Verdict } from "../fixtures/safety-rig.js";
import { heldInTheMoment, heldUp, storm } from "../fixtures/safety-storm.js";

const NOTHING_WRONG = { stale: 0, double: 0 };

describe.each<PeerKind>(["limen_native", "tasmota"])("nothing opens late or twice, at full length: %s", (kind) => {
  it("broker down for 60 s while people are recognised", async () => {
    await using rig = await openSafetyRig(kind, 1);
    await rig.ready();
    await rig.broker.stop("SIGKILL");
    for (let i = 0; i < 60; i++) {
      expect((await rig.ask()).actuation).not.toBe("acked");
      await delay(1000);
    }
    await rig.broker.restart();
    await rig.ready();
    await delay(5000);
    expect(await rig.verdict()).toEqual({ ...NOTHING_WRONG, opened: 0 });
  });

  it("20 seeds of random faults, 10 each", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      await using rig = await openSafetyRig(kind, seed);
      await rig.ready();
      await storm(rig, seed, 10);
      await delay(1500);
      expect({ seed, ...(await rig.verdict()) }).toMatchObject({ seed, ...NOTHING_WRONG });
    }
  });
});

it("limen_native, each chunk 0 to 60 s late, 8 seeds", async () => {
  await Promise.all(
    Array.from({ length: 8 }, async (_, seed) => {
      await using rig = await openSafetyRig("limen_native", seed);
      await rig.ready();
      await heldUp(rig, 60_000);
      await delay(1500);
      expect({ seed, ...(await rig.verdict()) }).toMatchObject({ seed, ...NOTHING_WRONG });
    }),
  );
});

/** The verdict for each seed, eight at a time. */
async function verdictsOf(kind: PeerKind, seeds: number, what: (rig: SafetyRig, seed: number) => Promise<void>) {
  const verdicts: Verdict[] = [];
  for (let first = 1; first <= seeds; first += 8) {
    const batch = Array.from({ length: Math.min(8, seeds - first + 1) }, (_, i) => first + i);
    await Promise.all(
      batch.map(async (seed) => {
        await using rig = await openSafetyRig(kind, seed);
        await rig.ready();
        await what(rig, seed);
        await delay(1500);
        verdicts.push(await rig.verdict());
      }),
    );
  }
  return verdicts;
}

it("tasmota, a link on which each chunk is 0 to 6 s late already, 20 seeds: nothing late leaves", async () => {
  const verdicts = await verdictsOf("tasmota", 20, (rig) => heldUp(rig, 6000));
  expect(verdicts.filter(({ stale, double }) => stale + double > 0)).toEqual([]);
});

it("limen_native, held up in the very moment, 80 seeds", async () => {
  const verdicts = await verdictsOf("limen_native", 80, heldInTheMoment);
  expect(verdicts.filter(({ stale, double }) => stale + double > 0)).toEqual([]);
});

it("tasmota, held up in the very moment, 80 seeds: late openings are counted, for nothing but the device could refuse them", async () => {
  const verdicts = await verdictsOf("tasmota", 80, heldInTheMoment);
  process.stdout.write(`late openings: ${verdicts.filter(({ stale }) => stale > 0).length} of ${verdicts.length}\n`);
  expect(verdicts.filter(({ double }) => double > 0)).toEqual([]);
});
