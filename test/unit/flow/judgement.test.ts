import { describe, expect, it } from "vitest";
import type { CalibratedThreshold } from "#core/threshold";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit } from "#core/visit";
import { createDoorStanding } from "#flow/door-standing";
import { type JudgeParts, judge } from "#flow/judgement";
import { templateOf } from "../../fakes/faces";
import { FakeClock } from "../../fakes/fake-clock";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { doorPolicy, evidenceAt } from "../../fakes/situations";

/** Ada at the door, seen twice with 0.9, ten people enrolled. */
async function rig(calibration?: () => Promise<CalibratedThreshold | null>) {
  const clock = new FakeClock();
  const gallery = new MemoryGallery();
  const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  const nowMs = clock.monotonicMs();
  const parts: JudgeParts = {
    policy: () => doorPolicy(),
    roster: "gallery",
    engines: {
      ask: async () => ({ answers: [] }),
      isFree: () => true,
      ended: () => {},
      sizes: () => ({ local: 10, verifik: 0 }),
    },
    gallery,
    standing: createDoorStanding(nowMs),
    cameraHealthy: () => true,
    clock,
    ...(calibration === undefined ? {} : { calibration }),
  };
  const seen = [nowMs - 200, nowMs - 100].map((atMs) => evidenceAt(atMs, [[ada.id, 0.9]]));
  const visit = seen.reduce(addEvidence, openVisit(1, nowMs - 300, LOCAL_SEARCH_BUDGET));
  return judge(parts, visit, true);
}

const calibrated = (score: number): CalibratedThreshold => ({ score, people: 10, slopePerDecade: 0.02 });

describe("the calibration in force", () => {
  it("shuts out whom the default would let in, and is kept with the situation", async () => {
    expect((await rig())?.verdict.result).toBe("grant");
    expect((await rig(async () => null))?.situation.calibrated).toBeNull();
    const judgement = await rig(async () => calibrated(0.95));
    expect(judgement?.verdict).toMatchObject({
      result: "deny",
      reason: "below_threshold",
      numbers: { threshold: 0.95 },
    });
    expect(judgement?.situation.calibrated).toEqual(calibrated(0.95));
  });

  it("that cannot be read decides nothing", async () => {
    const failing = rig(async () => {
      throw new Error("the disk is away");
    });
    await expect(failing).rejects.toThrow("the disk is away");
  });
});
