import { it } from "vitest";
import { campaign, expectEnough } from "../model/campaign";

const RUNS = 100_000;

it(`no script opens a door against the rules (${RUNS} of them), and each rule is reached`, async () => {
  expectEnough(await campaign(RUNS), RUNS);
}, 3_600_000);
