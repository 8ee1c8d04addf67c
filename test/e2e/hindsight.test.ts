import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createSqliteAuditLog } from "#adapters/sqlite/audit-log";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { decide } from "#core/decision";
import { recordOf } from "#core/decision-record";
import { instant } from "#core/instant";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit, spendSearch } from "#core/visit";
import { templateOf } from "../fakes/faces";
import { doorFacts, doorPolicy, evidenceAt, personFacts, situation } from "../fakes/situations";
import { limen } from "../fixtures/limen-program";
import { SMALL, smallEnvironment } from "../unit/config/config-folder.js";

let folder: string;
let file: string;
let ada: string;
const env = smallEnvironment();
const run = (...args: string[]) => limen([...args, "--config", file], env);
const under = async (change: (text: string) => string): Promise<string> => {
  const other = join(folder, "other.yaml");
  await writeFile(other, change(await readFile(file, "utf8")));
  return other;
};

/** Visits of a minute each, every picture a tenth of a second after the one before, decided as the daemon would. */
async function record(visits: readonly (readonly number[])[]): Promise<void> {
  await using store = await openStore(join(folder, "data", "limen.db"));
  const gallery = createSqliteGallery(store, systemClock);
  ada = (await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] })).id;
  const audit = createSqliteAuditLog(store);
  const policy = doorPolicy({ mode: "shadow" });
  for (const [i, scores] of visits.entries()) {
    const startMs = 60_000 * i;
    const opened = openVisit(i, startMs, LOCAL_SEARCH_BUDGET);
    const visit = scores
      .map((score, n) => evidenceAt(startMs + 100 * (n + 1), [[ada, score]]))
      .reduce(addEvidence, spendSearch(opened, LOCAL_SEARCH_BUDGET, startMs) ?? opened);
    const nowMs = startMs + 100 * scores.length;
    const at = instant(systemClock.now() - 3_600_000 + startMs);
    const facts = situation(visit, nowMs, {
      ended: true,
      people: [personFacts(ada)],
      door: doorFacts({ at }),
    });
    const verdict = decide(policy, facts);
    if (verdict.result === "wait") throw new Error("this visit is not decided");
    const times = { wait: 0, find: 0, describe: 0, search: 0, decide: 0 };
    await audit.append(
      recordOf({ verdict, policy, situation: facts, times, recordedAtMs: nowMs, id: `decision-${i}`, camera: "front" }),
    );
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-hindsight-"));
  file = join(folder, "limen.yaml");
  await writeFile(file, SMALL.replace("/var/lib/limen", "data"), { mode: 0o640 });
  await record([
    [0.9, 0.91],
    [0.85, 0.86],
    [0.3, 0.2],
    [0.84, 0.2, 0.3],
  ]);
});
afterEach(() => rm(folder, { recursive: true }));

describe("limen replay", () => {
  it("finds nothing changed under the configuration that was in force, twice to the same bytes", async () => {
    const first = await run("replay", "--json");
    const second = await run("replay", "--json");
    expect(first.code).toBe(0);
    expect(first.out).toBe(second.out);
    const decisions = first.out.trim().split("\n");
    expect(decisions).toHaveLength(4);
    for (const line of decisions) expect(JSON.parse(line)).toMatchObject({ change: "same" });
    expect(first.err).toContain("4 recorded decisions: 4 same");
  });

  it("lists grants that vanish under stricter rules and appear under weaker ones", async () => {
    const strict = await under((text) => `${text}search: { min_score: 0.87 }\n`);
    const stricter = await limen(["replay", "--config", strict], env);
    expect(stricter.out).toMatch(/^ +2 .* Ada .* was grant \(ok\) {2}would be refused/m);
    expect(stricter.err).toContain("1 grant vanishes");
    const weak = await under((text) => `${text}policy: { agree: 1 }\n`);
    const weaker = await limen(["replay", "--config", weak], env);
    expect(weaker.out).toMatch(/^ +4 .* Ada .* was deny \(not_enough_evidence\) {2}WOULD BE LET IN/m);
    expect(weaker.err).toContain("1 grant appears");
  });

  it("only looks as far back as asked, and at doors that are there", async () => {
    const nothing = await run("replay", "--since", "1m");
    expect(nothing.err).toContain("nothing was decided in that time");
    const unknown = await run("replay", "--door", "attic");
    expect(unknown.err).toContain('the configuration has no door "attic"; it has front');
    expect(unknown.code).toBe(2);
  });
});

describe("limen arm", () => {
  it("shows the labelled visits with the bound they allow, and arms the door without touching the rest of the file", async () => {
    const before = await readFile(file, "utf8");
    expect((await run("label", "right", "1-3")).out).toContain("3 decisions are labelled right");
    expect((await run("label", "wrong", "4")).code).toBe(0);
    expect((await run("decisions")).out).toMatch(/^ +4 .*\(labelled wrong\)/m);

    const shown = await run("arm", "--door", "front");
    expect(shown.out).toContain("4 visits: 2 would have opened the door, 2 were refused");
    expect(shown.out).toContain(
      "wrong openings: 0 in 1 visits of people who should not pass; with 95 % confidence at most 95 %",
    );
    expect(shown.out).toContain("wrong refusals: 1 in 3 visits of people who may pass");
    expect(await readFile(file, "utf8")).toBe(before);

    expect((await run("arm", "--door", "front", "--yes")).out).toContain("door front is armed");
    expect(await readFile(file, "utf8")).toBe(before.replace("mode: shadow", "mode: normal"));
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    const again = await run("arm", "--door", "front", "--yes");
    expect(again.err).toContain("LIMEN_ARM_REFUSED");
    expect(again.code).toBe(7);
  });

  it("is refused with nothing labelled, and after a wrong opening, until somebody insists", async () => {
    const blank = await run("arm", "--door", "front", "--yes");
    expect(blank.err).toContain("stays in shadow mode: no visit is labelled");
    await run("label", "wrong", "1");
    const wrong = await run("arm", "--door", "front", "--yes");
    expect(wrong.err).toContain("stays in shadow mode: 1 wrong opening(s) were labelled");
    expect(await readFile(file, "utf8")).toContain("mode: shadow");
    expect((await run("arm", "--door", "front", "--yes", "--anyway")).code).toBe(0);
    expect(await readFile(file, "utf8")).toContain("mode: normal");
  });
});

it.each([
  [["label", "good", "1"], "say right, wrong, unclear first"],
  [["label", "right", "x"], '"x" is not a number'],
  [["label", "right", "99"], "there is no decision 99"],
  [["replay", "--since", "soon"], "--since takes a time"],
])("%j is answered with what to do", async (args, said) => {
  const ran = await run(...args);
  expect(ran.err).toContain(said);
  expect(ran.err).toContain("what to do:");
  expect(ran.code).not.toBe(0);
});
