import fc from "fast-check";
import { expect, it } from "vitest";
import { campaign } from "../../model/campaign";
import { doorEvent } from "../../model/door-events";
import { play } from "../../model/door-machine";
import { wrongsOf } from "../../model/door-oracle";

const RUNS = 5000;

it(`no sequence of pictures, answers, faults, reloads and clock jumps opens a door against the rules (${RUNS} scripts), and each decision comes out the same when it is made again`, async () => {
  expect(await campaign(RUNS)).toBeGreaterThan(RUNS / 20);
}, 300_000);

it("the oracle would notice: a desk that asks for one picture where two are the rule is caught", async () => {
  const believed = (policy: number): number => (policy === 2 ? 0 : policy);
  const caught = await fc.check(
    fc.asyncProperty(fc.array(doorEvent, { minLength: 4, maxLength: 40 }), async (events) => {
      const { trace } = await play([{ kind: "reload", policy: 2 }, ...events], believed);
      return wrongsOf(trace).length === 0;
    }),
    { numRuns: 500 },
  );
  expect(caught.failed).toBe(true);
}, 60_000);
