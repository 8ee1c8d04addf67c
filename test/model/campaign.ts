import fc from "fast-check";
import { expect } from "vitest";
import { doorEvent } from "./door-events";
import { play } from "./door-machine";
import { wrongsOf } from "./door-oracle";

/** Plays so many random scripts and has each judged. Returns how many doors opened, so that nobody takes silence for safety. */
export async function campaign(numRuns: number): Promise<number> {
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(doorEvent, { minLength: 4, maxLength: 40 }), async (events) => {
      const { trace, notReplayed } = await play(events);
      opened += trace.opened.length;
      expect(wrongsOf(trace)).toEqual([]);
      expect(notReplayed).toEqual([]);
    }),
    { numRuns },
  );
  return opened;
}
