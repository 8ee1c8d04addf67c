import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { DEMO_VISITS, PICTURE_ATTACK_VISIT } from "#demo/clip/cast";
import { renderClip } from "#demo/clip/render";
import type { ClipVisit } from "#demo/clip/visit";
import { cached } from "../fixtures/cached";
import { type Outsider, openOutsider } from "../fixtures/outsider";
import { openSite, type TestSite } from "../fixtures/site";
import { MOST_SHOWN, openStagedCamera, type StagedCamera, showUntil } from "../fixtures/staged-camera";

const FPS = 10;
const ADA = DEMO_VISITS.filter(({ id }) => id === "A");
/** Ada, again with pictures of her own in case a busy machine missed the question or its answer, and two pictures of her. */
const VISITS: readonly ClipVisit[] = [
  ...Array.from({ length: MOST_SHOWN }, (_, i) => ADA.map((ada) => ({ ...ada, id: `A${i}` }))).flat(),
  { ...PICTURE_ATTACK_VISIT, id: "print", attackWith: "print" },
  { ...PICTURE_ATTACK_VISIT, id: "telephone", attackWith: "telephone" },
];

let stage: StagedCamera;
let site: TestSite;
let home: Outsider;

beforeAll(async () => {
  const outFile = join(cached("demo"), "test-liveness.h264");
  const shape = { width: 640, height: 360, fps: FPS };
  const ffmpeg = await locateFfmpeg();
  const timeline = await renderClip({ ffmpeg, assetsDir: cached("demo"), outFile, visits: VISITS, ...shape });
  const rests = timeline.visits.filter(({ id }) => id !== "print").map(({ endFrame }) => endFrame);
  stage = await openStagedCamera({ file: outFile, fps: FPS, rests });
  site = await openSite(stage.camera.url);
  const config = await readFile(site.configFile, "utf8");
  const asking = config.replace("mode: normal\n", "mode: normal\n    second_factor: { mqtt: true }\n");
  await writeFile(site.configFile, `${asking}policy: { liveness: require }\n`);
  home = await openOutsider(site.broker, "limen/door/#");
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
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
  const decided = async () =>
    (await site.decisions()).map(({ record: { result, reason, liveness } }) => ({
      result,
      reason,
      cues: liveness.cues,
    }));
  const adas = await showUntil(stage, decided, (all) => all.some(({ result }) => result === "grant"));
  expect(adas.filter(({ result }) => result === "grant")).toMatchObject([{ reason: "ok" }]);

  const unconfirmed = await showUntil(stage, decided, () => stage.acts >= MOST_SHOWN);
  const pictures = (await showUntil(stage, decided, () => stage.acts > MOST_SHOWN)).slice(unconfirmed.length);
  const seen = unconfirmed.length + pictures.length;
  const isLooped = ({ cues }: { cues: readonly string[] }): boolean => cues.includes("looped_stream");
  // The clip begins anew: Ada as before.
  const again = (await showUntil(stage, decided, (all) => all.slice(seen).some(isLooped))).slice(seen);
  stop.abort();
  await answering;

  expect([pictures.length > 0, again.length > 0]).toEqual([true, true]);
  const after = (await decided()).slice(adas.length);
  expect(new Set(after.map(({ result }) => result))).toEqual(new Set(["deny"]));
  // Which of the two is seen for what it is depends on how often a busy machine looks.
  expect(pictures.flatMap(({ cues }) => cues)).toContain("frame_around_face");
  expect(again.flatMap(({ cues }) => cues)).toContain("looped_stream");
  expect(site.door.count("opened")).toBe(1);
  daemon.signal("SIGTERM");
  await daemon.ended;
}, 240_000);
