import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { createClosingStack } from "#lifecycle";
import { type AnswerRelay, openAnswerRelay } from "../fixtures/answer-relay";
import { startLimen } from "../fixtures/limen-program";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

it("a door that asks a search server lets in who may pass while it answers, and nobody while it does not", async () => {
  const { file } = await visitorsClip();
  await using camera = await openSimulatedCamera({
    ...CAMERA_ACCOUNT,
    clip: await loadClip(file),
    fps: 20,
    startPaused: true,
  });
  await using site = await openSite(camera.url, { withServer: true });
  const serve = () => startLimen(["serve", "--config", site.serverConfigFile]);
  const decided = async (reason: string) => (await site.decisions()).filter(({ record }) => record.reason === reason);
  const soon = { timeout: 40_000, interval: 500 };

  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems, soon).toEqual([]);
  camera.play();
  // Nobody answers: the visit ends without a grant, and the reason says so.
  await expect.poll(async () => (await decided("engine_offline")).length, soon).toBeGreaterThan(0);
  expect(site.door.count("opened")).toBe(0);

  await using server = serve();
  await expect.poll(() => server.out(), soon).toContain("the API answers");
  // A server that did not answer in time five times running is left alone for half a minute.
  await expect.poll(() => site.door.count("opened"), { timeout: 120_000, interval: 500 }).toBeGreaterThan(0);
  const granted = await decided("ok");
  expect(new Set(granted.map(({ record }) => record.personId))).toEqual(new Set([site.ada]));

  // The token is in neither log, and nobody but Ada was ever let in.
  expect(daemon.out() + daemon.err() + server.out() + server.err()).not.toContain(site.engineToken);
  server.signal("SIGTERM");
  expect((await server.ended).code).toBe(0);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 340_000);

/** A door that falls back on the local search, whose server is gone for good as soon as it has named Ada once. */
async function openOutage(more: string) {
  const stack = createClosingStack((error) => {
    throw error;
  });
  const { file } = await visitorsClip();
  const camera = stack.own(
    await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: 20, startPaused: true }),
  );
  const site = stack.own(await openSite(camera.url, { withServer: true }));
  const written = await readFile(site.configFile, "utf8");
  const [, port = ""] = /url: "http:\/\/127\.0\.0\.1:(\d+)"/.exec(written) ?? [];
  const serve = () => stack.own(startLimen(["serve", "--config", site.serverConfigFile]));
  const server = serve();
  await expect.poll(() => server.out(), SOON).toContain("the API answers");
  // On a busy machine the answer that names her may have come too late to count.
  const relay: AnswerRelay = stack.own(
    await openAnswerRelay(Number(port), (text) => {
      if (text.includes(site.ada)) server.signal("SIGKILL");
    }),
  );
  const asking = written
    .replace("engine: verifik\n  min_score: 0.83\n", "engine: verifik_then_local\n")
    .replace(
      /verifik: \{ url: "[^"]+"/,
      `verifik: { url: "${relay.url}", min_score: 0.83, fallback_after: 2s, caps: { per_day: 100 }`,
    );
  await writeFile(site.configFile, `${asking}${more}`, { mode: 0o600 });
  const daemon = stack.own(site.startDaemon());
  await expect.poll(async () => (await site.status())?.problems, SOON).toEqual([]);
  camera.play();
  return { site, serve, daemon, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
}
const SOON = { timeout: 40_000, interval: 250 };

it("a server killed in the middle of a visit: the local search stands in, and opens for nobody without that right", async () => {
  await using s = await openOutage("");
  const offline = async () =>
    (await s.site.decisions()).filter(
      ({ record }) => record.reason === "engine_offline" && record.personId === s.site.ada,
    );
  await expect.poll(async () => (await offline()).length, { timeout: 120_000, interval: 500 }).toBeGreaterThan(0);
  const [first] = await offline();
  const answers = first?.record.situation.visit.evidence.flatMap((frame) => frame.answers);
  expect(answers).toContainEqual(expect.objectContaining({ engine: "local", fallback: true }));
  expect(s.site.door.count("opened")).toBe(0);

  // Back again: she is let in on its word, and every call was counted.
  const again = s.serve();
  await expect.poll(() => again.out(), SOON).toContain("the API answers");
  await expect.poll(() => s.site.door.count("opened"), { timeout: 150_000, interval: 500 }).toBeGreaterThan(0);
  expect((await s.site.status())?.network?.spent.day).toBeGreaterThanOrEqual(3);
  s.daemon.signal("SIGTERM");
  expect((await s.daemon.ended).code).toBe(0);
}, 340_000);

it("a server killed in the middle of a visit: who may be let in on this computer's word alone is, and nobody else", async () => {
  await using s = await openOutage("persons: { Ada: { offline_allowed: true } }\n");
  await expect.poll(() => s.site.door.count("opened"), { timeout: 120_000, interval: 500 }).toBeGreaterThan(0);
  const granted = (await s.site.decisions()).filter(({ record }) => record.result === "grant");
  expect(new Set(granted.map(({ record }) => record.personId))).toEqual(new Set([s.site.ada]));
  const answers = granted[0]?.record.situation.visit.evidence.flatMap((frame) => frame.answers);
  expect(answers).toContainEqual(expect.objectContaining({ engine: "local", fallback: true }));
  s.daemon.signal("SIGTERM");
  expect((await s.daemon.ended).code).toBe(0);
}, 340_000);
