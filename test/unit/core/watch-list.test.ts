import { describe, expect, it } from "vitest";
import { decide, type Situation } from "#core/decision";
import type { DoorMode } from "#core/policy";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit } from "#core/visit";
import { accessPolicy, doorPolicy, evidenceAt, personFacts, situation } from "../../fakes/situations";

const NOW = 10_000;
const PEOPLE = [
  personFacts("ada"),
  personFacts("eve", { collections: ["banned"] }),
  personFacts("sam", { collections: ["staff", "banned"] }),
];
type Scores = readonly (readonly [string, number])[];

/** Frames a tenth of a second apart, the last one just now; the threshold is 0.83. */
function judged(
  frames: readonly Scores[],
  changes: Partial<Situation> = {},
  mode: DoorMode = "normal",
  watchList = ["banned"],
) {
  const visit = frames
    .map((scores, i) => evidenceAt(NOW - (frames.length - 1 - i) * 100, scores))
    .reduce(addEvidence, openVisit(1, NOW - 1000, LOCAL_SEARCH_BUDGET));
  const policy = doorPolicy({ mode, access: accessPolicy({ watchList }) });
  return decide(policy, situation(visit, NOW, { people: PEOPLE, ...changes }));
}
const ADA: Scores = [
  ["ada", 0.9],
  ["eve", 0.1],
];
const sees = (id: string, score: number): Scores => [
  [id, score],
  ["ada", 0.3],
];

describe("somebody on the watch list", () => {
  it("never passes, though they are in the door's collection too, in any mode that opens", () => {
    for (const mode of ["normal", "free_access", "shadow"] as const) {
      expect(judged([sees("sam", 0.95), sees("sam", 0.95)], {}, mode)).toMatchObject({
        result: "deny",
        reason: "watch_list",
        personId: "sam",
        numbers: { score: 0.95, evidenceAtMs: NOW },
      });
    }
  });

  it("is refused at once, by one frame over the threshold", () => {
    expect(judged([sees("eve", 0.83)])).toMatchObject({ result: "deny", reason: "watch_list", personId: "eve" });
    expect(judged([ADA, sees("eve", 0.9)])).toMatchObject({ reason: "watch_list", personId: "eve" });
  });

  it("who is only resembled is not named for it, and nobody is let in by the other frames", () => {
    expect(judged([sees("eve", 0.82)]).result).toBe("wait");
    expect(judged([sees("eve", 0.82)], { ended: true })).toMatchObject({ reason: "below_threshold" });
    expect(judged([ADA, sees("eve", 0.58), ADA])).toMatchObject({
      result: "deny",
      reason: "watch_list",
      personId: "eve",
      numbers: { score: 0.58, evidenceAtMs: NOW - 100 },
    });
  });

  it("is not found in the faintest resemblance, nor behind somebody else, nor in frames that no longer count", () => {
    expect(judged([ADA, sees("eve", 0.57), ADA])).toMatchObject({ result: "grant" });
    expect(
      judged([
        [
          ["ada", 0.95],
          ["eve", 0.85],
        ],
        [
          ["ada", 0.95],
          ["eve", 0.85],
        ],
      ]),
    ).toMatchObject({ result: "grant" });
    expect(judged([sees("eve", 0.6), ADA, ADA, ADA])).toMatchObject({ result: "grant" });
    expect(judged([[], ADA, ADA])).toMatchObject({ result: "grant" });
  });

  it("is found by a score that is no number, too", () => {
    expect(judged([sees("eve", Number.NaN)])).toMatchObject({ result: "deny", reason: "watch_list" });
  });

  it("is nobody where there is no list, and nobody whom the gallery does not know", () => {
    expect(judged([sees("sam", 0.95), sees("sam", 0.95)], {}, "normal", [])).toMatchObject({ result: "grant" });
    expect(judged([sees("eve", 0.95)], { people: [] }).result).toBe("wait");
  });
});
