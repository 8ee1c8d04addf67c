import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { DEMO_VISITS } from "#demo/clip/cast";
import { renderClip } from "#demo/clip/render";
import { type ClipVisit, EMPTY_S, VISIT_S } from "#demo/clip/visit";
import { cached } from "../fixtures/cached";
import { openSite, type TestSite } from "../fixtures/site";
import { openStagedCamera, type StagedCamera, showUntil } from "../fixtures/staged-camera";

let directory: string;
let stage: StagedCamera;
let site: TestSite;

function cast(id: string, changes: Partial<ClipVisit>): ClipVisit {
  const visit = DEMO_VISITS.find((somebody) => somebody.id === id);
  if (visit === undefined) throw new Error(`${id} is not in the cast`);
  return { ...visit, ...changes };
}

/** Ada walks past the door, walks away from it, and comes to it beside a stranger. */
const VISITS: readonly ClipVisit[] = [
  cast("A", { walk: { kind: "past", facePx: 75, speed: 1.2 } }),
  cast("A", { walk: { kind: "away", facePx: 120, speed: 0.9 } }),
  cast("A", { aside: -0.24 }),
  cast("S1", { aside: 0.24, isTogether: true }),
];

/** Which of them that is: 0, past; 1, away; 2, beside the stranger. */
const visitAt = (clipS: number): number => Math.floor((clipS - EMPTY_S) / (VISIT_S + EMPTY_S));

/** A second door behind the same camera that wants people to be alone; it opens nothing, its decisions are what counts. */
const STRICT_DOOR = `
  strict:
    camera: front
    collection: staff
    controller: { profile: limen_native, key: !secret front_door }
    mode: shadow
    policy: { company: deny }
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-view-"));
  const file = join(directory, "people.h264");
  const shape = { width: 640, height: 360, fps: 20 };
  const ffmpeg = await locateFfmpeg();
  const timeline = await renderClip({ ffmpeg, assetsDir: cached("demo"), outFile: file, visits: VISITS, ...shape });
  stage = await openStagedCamera({ file, fps: 20, rests: timeline.visits.slice(-1).map(({ endFrame }) => endFrame) });
  site = await openSite(stage.camera.url);
  const config = await readFile(site.configFile, "utf8");
  await writeFile(site.configFile, config.replace("    mode: normal\n", `    mode: normal${STRICT_DOOR}`));
}, 120_000);
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

it("a resident who walks past or away stays out; beside a stranger they are let in, announced so, or refused, as the door says", async () => {
  const soon = { timeout: 90_000, interval: 500 };
  await using _daemon = site.startDaemon();
  const isReady = async (): Promise<boolean | undefined> => {
    const problems = (await site.status())?.problems;
    return problems?.every((problem) => problem.includes("strict"));
  };
  await expect.poll(isReady, soon).toBe(true);
  const decided = async () =>
    (await site.decisions()).map(({ record: { door, at, reason, personId, accompanied } }) => {
      const { round, atS } = stage.shownAt(at);
      return {
        door,
        round,
        visit: visitAt(atS),
        said: [reason, personId === site.ada ? "Ada" : personId, accompanied],
      };
    });
  type Decided = Readonly<Awaited<ReturnType<typeof decided>>>;
  /** What a door said in the newest showing. */
  const told = (all: Decided, door: string) =>
    all.filter((one) => one.door === door && one.round === all.at(-1)?.round).map(({ said }) => said);
  const reasonsOf = (all: Decided, door: string) => told(all, door).map(([reason]) => reason);
  const past = ["walked_past", "Ada", false];
  /** A machine that stands still for a second loses sight of people, who then come as somebody new: it is shown once more. */
  const isWhole = (all: Decided): boolean =>
    isDeepStrictEqual(told(all, "front").slice(0, 3), [past, past, ["ok", "Ada", true]]) &&
    reasonsOf(all, "front").filter((reason) => reason === "ok").length === 1 &&
    reasonsOf(all, "front").includes("unknown_person") &&
    isDeepStrictEqual(told(all, "strict").slice(0, 2), [past, past]) &&
    told(all, "strict").some((said) => isDeepStrictEqual(said, ["accompanied", "Ada", true]));

  const all = await showUntil(stage, decided, isWhole);
  expect(isWhole(all), JSON.stringify(all)).toBe(true);
  // Of every showing: nobody is let in but Ada, beside the stranger, at the door that notes it.
  const grants = all.filter(({ said: [reason] }) => reason === "ok");
  for (const { door, visit, said } of grants) expect([door, visit, said]).toEqual(["front", 2, ["ok", "Ada", true]]);
  expect(site.door.count("opened")).toBe(grants.length);
}, 300_000);
