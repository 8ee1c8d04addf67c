import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import sharp from "sharp";
import { expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { DEMO_VISITS } from "#demo/clip/cast";
import { renderClip } from "#demo/clip/render";
import { EMPTY_S } from "#demo/clip/visit";
import { createClosingStack } from "#lifecycle";
import { cached } from "../fixtures/cached";
import { limen, startLimen } from "../fixtures/limen-program";
import { type Answer, openScriptedSearchServer, type SeenRequest } from "../fixtures/scripted-search-server";
import { CAMERA_ACCOUNT, openSite } from "../fixtures/site";

const FPS = 10;
const LIVE_PATH = "/v2/face-recognition/search-live-face";
/** Hardly moving. */
const STANDING = { kind: "away", facePx: 235, speed: 0.03 } as const;
const SOON = { timeout: 60_000, interval: 250 };
/** A visit is seen in pieces, or not long enough, where a busy machine stands still in the middle of it: then she comes once more. */
const VISITS_EACH = 3;

/**
 * A camera that shows Ada standing close enough that her face is found 230 px high, as often as she is asked to come, and a house whose
 * door asks a service. Each visit has pictures of its own: the same ones again would be a looped stream.
 */
async function openHouse(mostVisits: number, { withServer = false } = {}) {
  const stack = createClosingStack((error) => {
    throw error;
  });
  const [ada] = DEMO_VISITS.filter(({ id }) => id === "A");
  if (ada === undefined) throw new Error("Ada is not in the cast");
  const visits = Array.from({ length: mostVisits }, (_, i) => ({ ...ada, id: `A${i}`, walk: STANDING }));
  const file = join(cached("demo"), `test-live-face-${mostVisits}.h264`);
  const shape = { width: 848, height: 480, fps: FPS };
  const made = { ffmpeg: await locateFfmpeg(), assetsDir: cached("demo"), outFile: file, visits, ...shape };
  const timeline = await renderClip(made);
  /** In the middle of the empty scene after each visit, the next one first. */
  const rests = timeline.visits.map(({ endFrame }) => endFrame + (EMPTY_S * FPS) / 2);
  let isAway = true;
  const camera: SimulatedCamera = stack.own(
    await openSimulatedCamera({
      ...{ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: FPS, startPaused: true, loop: false },
      onFrame({ index }) {
        if (index !== rests[0]) return;
        rests.shift();
        isAway = true;
        camera.pause();
      },
    }),
  );
  const site = stack.own(await openSite(camera.url, { withServer }));
  const configure = async (search: string): Promise<void> => {
    const written = (await readFile(site.configFile, "utf8")).replace(/search:\n[\s\S]*/, "");
    const large = written.replace("cameras:\n  front: {", "cameras:\n  front: { detect_size: 848x480,");
    const policy = "policy: { liveness: cloud, lock_out: { refusals: 0 } }\n";
    await writeFile(site.configFile, `${large}${policy}${search}`, { mode: 0o600 });
  };
  const decided = async (): Promise<string[]> =>
    (await site.decisions()).map(({ record: { result, reason, personId } }) => `${result} ${reason} ${personId}`);
  return {
    ...{ site, configure },
    /** Ada comes and goes, again while nothing that `isWanted` was decided about it. All that was decided, when no more follows. */
    async visited(isWanted: (decision: string) => boolean): Promise<string[]> {
      const before = (await decided()).length;
      for (let i = 0; i < VISITS_EACH; i++) {
        isAway = false;
        camera.play();
        await expect.poll(() => isAway, SOON).toBe(true);
        // Whoever stood there last has to be missed first.
        for (let [count, now] = [-1, (await decided()).length]; count !== now; now = (await decided()).length) {
          count = now;
          await delay(3000);
        }
        if ((await decided()).slice(before).some(isWanted)) break;
      }
      return (await decided()).slice(before);
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });

it("a door that asks a service opens for the resident it passes, and for nobody when it fails them, names somebody else or is silent", async () => {
  await using house = await openHouse(4 * VISITS_EACH);
  const { site } = house;
  const found = [{ id: site.ada, score: 0.95 }];
  const passing = json({ data: { search: found, liveness: { result: { liveness_score: 0.93, passed: true } } } });
  const script: readonly Answer[] = [
    passing,
    json({ data: { search: found, liveness: { result: { liveness_score: 0.31, passed: false } } } }),
    json({ data: { persons: [{ id: "somebody-else", score: 0.97 }, ...found], liveness_score: 0.93 } }),
    () => {},
  ];
  /** Place in the script. */
  let turn = 0;
  const looks: { turn: number; request: SeenRequest }[] = [];
  await using server = await openScriptedSearchServer((request) => {
    // Of a plain search: whoever the local search knows to be Ada is Ada to this one, too.
    if (request.path !== LIVE_PATH) return json({ data: found });
    looks.push({ turn, request });
    return script[turn] ?? { status: 500 };
  });
  await house.configure(
    `search: { engine: both_agree, verifik: { url: "${server.url}", token: !secret engine, min_score: 0.85, remember_refusals: 5s } }\n`,
  );
  const secrets = join(site.directory, "home", "secrets.yaml");
  const token = /engine: "([0-9a-f]+)"/.exec(await readFile(secrets, "utf8"))?.[1] ?? "?";

  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems, SOON).toEqual([]);
  const decided: string[][] = [];
  for (; turn < script.length; turn++) {
    const wanted = turn === 0 ? `grant ok ${site.ada}` : `deny liveness ${site.ada}`;
    decided.push(await house.visited((decision) => decision === wanted && looks.at(-1)?.turn === turn));
    expect(decided[turn]).toContain(wanted);
  }

  const grants = decided.map((all) => all.filter((one) => one.startsWith("grant")));
  expect(new Set(grants[0])).toEqual(new Set([`grant ok ${site.ada}`]));
  expect(grants.slice(1).flat()).toEqual([]);
  expect(site.door.count("opened")).toBeGreaterThan(0);
  expect(site.door.count("opened")).toBeLessThanOrEqual(grants.flat().length);

  // What was sent: her face and a little around it, not enlarged; never more often than twice for each time a track was decided on.
  for (const [at, all] of decided.entries()) {
    const count = looks.filter((look) => look.turn === at).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(2 * all.length);
  }
  for (const { request } of looks) {
    expect(request.headers.authorization).toBe(`Bearer ${token}`);
    const body = JSON.parse(request.text);
    expect(body).toMatchObject({ os: "DESKTOP", min_score: 0.85, liveness_min_score: 0.6, collection_id: "staff" });
    const { format, width = 0, height = 0, exif } = await sharp(Buffer.from(body.image, "base64")).metadata();
    expect({ format, exif }).toEqual({ format: "jpeg", exif: undefined });
    expect(height).toBeGreaterThanOrEqual(224 + 50);
    expect([width < 848, height <= 480]).toEqual([true, true]);
  }
  // Each request was counted, and nothing secret is in the log.
  expect((await site.status())?.network?.spent.day).toBe(server.seen.length);
  const told = daemon.out() + daemon.err();
  expect(told).not.toContain(token);
  for (const { request } of looks) expect(told).not.toContain(JSON.parse(request.text).image.slice(200, 260));

  // The log of decisions, made again under the same file, says the same.
  const replayed = await limen(["replay", "--config", site.configFile, "--json"]);
  expect(replayed.code).toBe(0);
  const lines = replayed.out.split("\n").filter((line) => line.startsWith("{"));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ change: "same", cut_short: false });
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 300_000);

it("a door that asks Limen's own server, which vouches for nobody's liveness, stays shut and says why once", async () => {
  await using house = await openHouse(VISITS_EACH, { withServer: true });
  const { site } = house;
  const [, port = ""] = /url: "http:\/\/127\.0\.0\.1:(\d+)"/.exec(await readFile(site.configFile, "utf8")) ?? [];
  await house.configure(
    `search: { engine: verifik, min_score: 0.83, verifik: { url: "http://127.0.0.1:${port}", token: !secret engine, remember_refusals: 5s } }\n`,
  );
  const refused = `deny liveness ${site.ada}`;
  await using server = startLimen(["serve", "--config", site.serverConfigFile]);
  await expect.poll(() => server.out(), SOON).toContain("the API answers");
  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems, SOON).toEqual([]);
  expect(await house.visited((decision) => decision === refused)).toContain(refused);
  const all = (await site.decisions()).map(({ record }) => record);
  expect(all.filter(({ result }) => result === "grant")).toEqual([]);
  expect(site.door.count("opened")).toBe(0);
  const why = daemon.log().filter(({ msg }) => String(msg).includes("liveness_unavailable"));
  expect(why).toHaveLength(1);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 180_000);
