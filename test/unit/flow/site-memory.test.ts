import { describe, expect, it } from "vitest";
import { instant } from "#core/instant";
import { createSiteMemory } from "#flow/site-memory";
import { NO_KEEPER } from "#flow/standing-keeper";
import { doorPolicy } from "../../fakes/situations";

const PULSE_MS = 3000;
/** Longer than any lock that was released before may stay so. */
const LATER_MS = 60_000;
const doorOf = (id: string, isReachable = () => true) => ({ id, pulseMs: PULSE_MS, isReachable });

describe("a door that opens anew while its neighbour goes on", () => {
  const now = (nowMs: number) => ({ nowMs, now: instant(nowMs) });
  const inner = doorPolicy({ door: "inner", interlockedWith: ["outer"] });

  function both() {
    const site = createSiteMemory({ stays: [], keeper: NO_KEEPER });
    site.joined(doorOf("inner"), 0);
    site.joined(doorOf("outer"), 0);
    return site;
  }

  it("counts as not shut while it is away, so that the door interlocked with it stays shut", () => {
    const site = both();
    expect(site.notShut("inner", LATER_MS)).toEqual([]);
    site.left("outer");
    expect(site.notShut("inner", LATER_MS)).toEqual(["outer"]);
    expect(site.begin(inner, "ada", now(LATER_MS))).toBeNull();
  });

  it("counts as not shut after that until its lock cannot be released any more from before", () => {
    const site = both();
    site.left("outer");
    site.joined(doorOf("outer"), LATER_MS);
    expect(site.notShut("inner", LATER_MS)).toEqual(["outer"]);
    expect(site.begin(inner, "ada", now(LATER_MS))).toBeNull();
    expect(site.notShut("inner", 2 * LATER_MS)).toEqual([]);
    expect(site.begin(inner, "ada", now(2 * LATER_MS))).not.toBeNull();
  });

  it("its leaf, last seen open, is not remembered as open", () => {
    const site = both();
    site.leafIs("outer", false);
    expect(site.notShut("inner", LATER_MS)).toEqual(["outer"]);
    site.left("outer");
    site.joined(doorOf("outer"), LATER_MS);
    expect(site.notShut("inner", 2 * LATER_MS)).toEqual([]);
  });
});
