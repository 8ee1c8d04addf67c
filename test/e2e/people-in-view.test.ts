import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { DEMO_VISITS } from "#demo/clip/cast";
import { renderClip } from "#demo/clip/render";
import type { ClipVisit } from "#demo/clip/visit";
import { cached } from "../fixtures/cached";
import { CAMERA_ACCOUNT, openSite, type TestSite } from "../fixtures/site";

let directory: string;
let camera: SimulatedCamera;
let site: TestSite;
let hasEnded = false;

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
  camera = await openSimulatedCamera({
    ...CAMERA_ACCOUNT,
    clip: await loadClip(file),
    fps: 20,
    startPaused: true,
    loop: false,
    onFrame: ({ isHeld, index }) => {
      if (!isHeld && index >= timeline.frames - 1) hasEnded = true;
    },
  });
  site = await openSite(camera.url);
  const config = await readFile(site.configFile, "utf8");
  await writeFile(site.configFile, config.replace("    mode: normal\n", `    mode: normal${STRICT_DOOR}`));
}, 120_000);
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
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
  camera.play();
  await expect.poll(() => hasEnded, soon).toBe(true);
  const told = async (door: string) =>
    (await site.decisions())
      .map(({ record }) => record)
      .filter((record) => record.door === door)
      .map(({ reason, accompanied, personId }) => [reason, personId === site.ada ? "Ada" : personId, accompanied]);
  await expect.poll(async () => (await told("strict")).map(([reason]) => reason), soon).toContain("accompanied");
  await expect.poll(async () => (await told("front")).map(([reason]) => reason), soon).toContain("unknown_person");

  const front = await told("front");
  expect(front.slice(0, 3)).toEqual([
    ["walked_past", "Ada", false],
    ["walked_past", "Ada", false],
    ["ok", "Ada", true],
  ]);
  expect(front.filter(([reason]) => reason === "ok")).toHaveLength(1);
  const strict = await told("strict");
  expect(strict.slice(0, 2)).toEqual(front.slice(0, 2));
  expect(strict).toContainEqual(["accompanied", "Ada", true]);
  expect(strict.map(([reason]) => reason)).not.toContain("ok");
  expect(site.door.count("opened")).toBe(1);
}, 300_000);
