import { it } from "vitest";
import { campaign, expectEnough } from "../model/campaign";

const RUNS = 100_000;
const TOLD_EACH = 5_000;

it(`no script opens a door against the rules (${RUNS} of them), and each rule is reached`, async () => {
  const startedMs = Date.now();
  const tell = (sofar: number): void => {
    if (sofar % TOLD_EACH !== 0) return;
    const { heapUsed, rss } = process.memoryUsage();
    const mb = (bytes: number): number => Math.round(bytes / 1e6);
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    process.stdout.write(`${JSON.stringify({ scripts: sofar, seconds, heapMb: mb(heapUsed), rssMb: mb(rss) })}\n`);
  };
  const found = await campaign(RUNS, tell);
  const { opened, decided } = found;
  process.stdout.write(`${JSON.stringify({ opened: [...opened], decided: Object.fromEntries(decided) })}\n`);
  expectEnough(found, RUNS);
}, 3_600_000);
