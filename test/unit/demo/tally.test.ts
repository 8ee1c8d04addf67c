import { describe, expect, it } from "vitest";
import type { TimelineVisit } from "#demo/clip/timeline";
import { sentence, summary, table } from "#demo/report";
import { doorLines, pictureLines, screen } from "#demo/screen";
import { type HeardDecision, isRight, median, Tally, visitAt } from "#demo/tally";

function visit(id: string, startFrame: number, expected: "granted" | "denied", person: string | null): TimelineVisit {
  return { id, label: id, person, expected, startFrame, endFrame: startFrame + 100, nominalHeightPx: () => 100 };
}
const ADA = visit("Ada", 60, "granted", "ada");
const STRANGER = visit("Stranger", 240, "denied", null);

function heard(changes: Partial<HeardDecision> = {}): HeardDecision {
  return {
    id: "1",
    result: "grant",
    reason: "ok",
    personId: "p1",
    score: 0.9,
    margin: 0.7,
    actuated: "acked",
    latencyMs: 240,
    ...changes,
  };
}
const DENIED = heard({
  id: "2",
  result: "deny",
  reason: "unknown_person",
  personId: null,
  score: 0.2,
  margin: 0.1,
  actuated: "none",
  latencyMs: null,
});

describe("a visit is right", () => {
  it("when the right person was granted once and the door acknowledged", () => {
    expect(isRight(ADA, [heard()], "p1")).toBe(true);
  });
  it.each([
    ["nobody was granted", [DENIED]],
    ["there was no decision", []],
    ["somebody else was granted", [heard({ personId: "p2" })]],
    ["the door did not acknowledge", [heard({ actuated: "expired" })]],
    ["it was granted twice", [heard(), heard({ id: "3" })]],
  ])("but not when %s", (_, decisions) => {
    expect(isRight(ADA, decisions, "p1")).toBe(false);
  });
  it("when a stranger was refused, and only then", () => {
    expect(isRight(STRANGER, [DENIED], null)).toBe(true);
    expect(isRight(STRANGER, [], null)).toBe(false);
    expect(isRight(STRANGER, [DENIED, heard()], null)).toBe(false);
  });
});

it("a decision counts for who is, or was last, in front of the camera, and its amendment replaces it", () => {
  const tally = new Tally([ADA, STRANGER], new Map([["ada", "p1"]]));
  expect(visitAt([ADA, STRANGER], 10)).toBeNull();
  tally.hear(heard({ actuated: "none" }), 100);
  tally.hear(heard(), 239);
  tally.hear(DENIED, 400);
  expect(tally.results().map((result) => [result.visit.id, result.decisions.length, result.isRight])).toEqual([
    ["Ada", 1, true],
    ["Stranger", 1, true],
  ]);
  expect(summary(tally.results())).toBe("demo: 2 visits, 1 granted, 1 denied, 0 wrong, median 240 ms");
  const rows = table(tally.results());
  expect(rows).toHaveLength(4);
  expect(rows.join("\n")).toMatch(/Ada +granted +granted, acked .* ok/);
  tally.clear();
  expect(summary(tally.results())).toBe("demo: 2 visits, 0 granted, 0 denied, 2 wrong, median no ms");
});

it("a sentence says who, why, by how much and how fast", () => {
  expect(sentence(heard(), "Ada")).toContain("Ada: recognised; score 0.90, margin 0.70; door open 240 ms");
  expect(sentence(heard({ actuated: "expired" }), "Ada")).toContain("did not open (expired)");
  expect(sentence(DENIED, null)).toContain("nobody enrolled here looks like this");
});

it("the median of an even number is between the two in the middle", () => {
  expect(median([])).toBeNull();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it("the picture is drawn two pixels a character, with the door beside it", () => {
  const picture = { width: 2, height: 4, rgb: Uint8Array.from({ length: 24 }, (_, i) => i) };
  expect(pictureLines(picture)).toHaveLength(2);
  expect(pictureLines(picture)[0]).toContain("38;2;0;1;2;48;2;6;7;8m▀");
  expect(doorLines(true).join("")).toContain("OPEN");
  expect(screen(picture, false, "title", ["a line"])).toContain("LOCKED");
});
