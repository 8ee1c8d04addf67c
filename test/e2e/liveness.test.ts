import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { DEMO_VISITS, PICTURE_ATTACK_VISIT } from "#demo/clip/cast";
import { renderClip } from "#demo/clip/render";
import { type ClipVisit, EMPTY_S, VISIT_S } from "#demo/clip/visit";
import { cached } from "../fixtures/cached";
import { type Outsider, openOutsider } from "../fixtures/outsider";
import { CAMERA_ACCOUNT, openSite, type TestSite } from "../fixtures/site";

const FPS = 10;
const VISITS: readonly ClipVisit[] = [
  ...DEMO_VISITS.filter(({ id }) => id === "A"),
  { ...PICTURE_ATTACK_VISIT, id: "print", attackWith: "print" },
  { ...PICTURE_ATTACK_VISIT, id: "telephone", attackWith: "telephone" },
];

let camera: SimulatedCamera;
let site: TestSite;
let home: Outsider;

beforeAll(async () => {
  const outFile = join(cached("demo"), "test-liveness.h264");
  const shape = { width: 640, height: 360, fps: FPS };
  const ffmpeg = await locateFfmpeg();
  await renderClip({ ffmpeg, assetsDir: cached("demo"), outFile, visits: VISITS, ...shape });
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(outFile), fps: FPS, startPaused: true });
  site = await openSite(camera.url);
  const config = await readFile(site.configFile, "utf8");
  const asking = config.replace("mode: normal\n", "mode: normal\n    second_factor: { mqtt: true }\n");
  await writeFile(site.configFile, `${asking}policy: { liveness: require }\n`);
  home = await openOutsider(site.broker, "limen/door/#");
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
});

/** Confirms whoever is asked about until the door has opened once; from then on nobody answers, and Limen looks on. */
async function answerQuestions(signal: AbortSignal): Promise<void> {
  const done = new Set<string>();
  while (!signal.aborted) {
    for (const { payload } of home.on("limen/door/front/question")) {
      const { id, state } = JSON.parse(payload) as { id: string; state: string };
      if (state !== "open" || done.has(id) || site.door.count("opened") > 0) continue;
      done.add(id);
      await home.say("limen/door/front/answer", JSON.stringify({ v: 1, id, answer: "confirm" }));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it("a door that requires liveness opens for a confirmed face once, and not for a print, a telephone, or the same stream again", async () => {
  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems, { timeout: 60_000, interval: 500 }).toEqual([]);
  const stop = new AbortController();
  const answering = answerQuestions(stop.signal);
  const startedAt = Date.now();
  camera.play();

  // Once all over, and the first visitor again.
  const untilS = VISITS.length * (VISIT_S + EMPTY_S) + EMPTY_S + VISIT_S + 4;
  await new Promise((resolve) => setTimeout(resolve, untilS * 1000));
  camera.pause();
  stop.abort();
  await answering;

  const decided = (await site.decisions()).map(({ record }) => {
    const visit = Math.floor(((record.at - startedAt) / 1000 - EMPTY_S) / (VISIT_S + EMPTY_S));
    const { level, cues } = record.liveness;
    return { visit, result: record.result, reason: record.reason, level, cues };
  });
  const of = (visit: number) => decided.filter((one) => one.visit === visit);
  expect(of(0)[0]).toMatchObject({ result: "grant", reason: "ok" });
  const pictures = [...of(1), ...of(2)];
  const again = of(3);
  expect([pictures.length > 0, again.length > 0]).toEqual([true, true]);
  for (const { result } of [...pictures, ...again]) expect(result).toBe("deny");
  // Which of the two is seen for what it is depends on how often a busy machine looks.
  expect(pictures.flatMap(({ cues }) => cues)).toContain("frame_around_face");
  expect(again.flatMap(({ cues }) => cues)).toContain("looped_stream");
  expect(site.door.count("opened")).toBe(1);
  daemon.signal("SIGTERM");
  await daemon.ended;
}, 180_000);
