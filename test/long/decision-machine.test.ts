import { expect, it } from "vitest";
import { campaign } from "../model/campaign";

const RUNS = 100_000;

it(`no script opens a door against the rules (${RUNS} of them)`, async () => {
  expect(await campaign(RUNS)).toBeGreaterThan(RUNS / 20);
}, 3_600_000);
