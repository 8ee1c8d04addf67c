import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openSafetyRig, type PeerKind } from "../fixtures/safety-rig.js";
import { heldUp, storm } from "../fixtures/safety-storm.js";

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
