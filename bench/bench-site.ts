import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { openMosquitto } from "#demo/broker";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SentPicture, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { renderClip } from "#demo/clip/render";
import type { ClipTimeline } from "#demo/clip/timeline";
import type { ClipVisit } from "#demo/clip/visit";
import { type Program, runProgram, startProgram } from "#demo/program";
import { cacheDir } from "#paths";

const SHAPE = { width: 640, height: 360, fps: 20 } as const;
const ACCOUNT = { username: "limen", password: "bench-camera" };
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const DOOR_PROGRAM = fileURLToPath(new URL("../../dist/demo/door-program.js", import.meta.url));
const READY_MS = 60_000;

export interface BenchSite extends AsyncDisposable {
  readonly directory: string;
  readonly dataDir: string;
  readonly cameras: readonly SimulatedCamera[];
  readonly account: typeof ACCOUNT;
  /** Runs `limen WORDS --config …` and gives back what it printed. */
  limen(...words: string[]): Promise<string>;
  /** Starts the daemon and waits until every camera streams and every door could open. */
  startDaemon(): Promise<Program>;
}

/** The bench's clip of these visits, rendered once a machine. */
export async function benchClip(
  name: string,
  visits: readonly ClipVisit[],
): Promise<{ file: string; timeline: ClipTimeline }> {
  const assetsDir = join(cacheDir(env), "demo");
  const file = join(assetsDir, `bench-${name}.h264`);
  const timeline = await renderClip({ ...SHAPE, ffmpeg: await locateFfmpeg(), assetsDir, outFile: file, visits });
  return { file, timeline };
}

/** `count` cameras with a door each, a broker, the controllers, and a config: everything the daemon meets, as programs of their own. */
export async function openBenchSite(options: {
  clipFile: string;
  count: number;
  onFrame?: (sent: SentPicture) => void;
}): Promise<BenchSite> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  const home = join(directory, "home");
  await mkdir(home, { mode: 0o700 });
  const broker = await openMosquitto({ directory });
  const [user] = broker.users;
  const clip = await loadClip(options.clipFile);
  const ids = Array.from({ length: options.count }, (_, i) => `door${i + 1}`);
  const cameras = await Promise.all(
    ids.map((_, i) =>
      openSimulatedCamera({
        ...ACCOUNT,
        clip,
        fps: SHAPE.fps,
        startPaused: true,
        ...(i === 0 && options.onFrame !== undefined ? { onFrame: options.onFrame } : {}),
      }),
    ),
  );
  const keys = ids.map(() => randomBytes(32));
  const configFile = join(home, "limen.yaml");
  const camera = (id: string, i: number): string =>
    `  ${id}: { rtsp: ${cameras[i]?.url}, username: ${ACCOUNT.username}, password: !secret camera }`;
  const door = (id: string): string =>
    `  ${id}: { camera: ${id}, collection: staff, mode: normal, controller: { profile: limen_native, key: !secret ${id}, pulse: 1s } }`;
  await writeFile(
    configFile,
    [
      "cameras:",
      ...ids.map(camera),
      "doors:",
      ...ids.map(door),
      `mqtt: { url: "${broker.url}", username: ${user.username}, password: !secret broker }`,
      "",
    ].join("\n"),
  );
  const secrets = [
    `camera: ${ACCOUNT.password}`,
    `broker: ${user.password}`,
    ...ids.map((id, i) => `${id}: ${keys[i]?.toString("hex")}`),
  ];
  await writeFile(join(home, "secrets.yaml"), `${secrets.join("\n")}\n`, { mode: 0o600 });
  const doors = ids.map((id, i) =>
    startProgram({
      args: [DOOR_PROGRAM],
      env,
      input: JSON.stringify({
        url: broker.url,
        ...user,
        controller: id,
        key_id: `${id}-1`,
        key: keys[i]?.toString("base64url"),
      }),
    }),
  );
  const limen = (...words: string[]): Promise<string> =>
    runProgram(words.join(" "), { args: [MAIN, ...words, "--config", configFile], env });

  return {
    directory,
    dataDir: join(home, "data"),
    cameras,
    account: ACCOUNT,
    limen,
    async startDaemon() {
      const daemon = startProgram({ args: [MAIN, "run", "--config", configFile], env });
      const giveUpAt = Date.now() + READY_MS;
      for (;;) {
        await delay(500);
        const status = JSON.parse(await limen("status", "--json")) as { problems: string[] } | null;
        const waiting = status?.problems.filter((problem) => problem !== "nobody is enrolled yet");
        if (waiting?.length === 0) return daemon;
        if (Date.now() > giveUpAt) {
          await daemon[Symbol.asyncDispose]();
          throw new Error(`the daemon did not get ready: ${waiting?.join("; ") ?? daemon.lastWords()}`);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const program of doors) await program[Symbol.asyncDispose]();
      for (const source of cameras) await source[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
