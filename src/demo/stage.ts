import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { systemClock } from "#adapters/clock/system-clock";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { siteTopics } from "#adapters/mqtt/topics";
import { openMosquitto } from "#demo/broker";
import { DEMO_VISITS, PICTURE_ATTACK_VISIT } from "#demo/clip/cast";
import { cutEnrolmentPhotos } from "#demo/clip/enrol-photos";
import { type ClipPreview, decodePreview } from "#demo/clip/preview";
import { renderClip } from "#demo/clip/render";
import type { ClipTimeline } from "#demo/clip/timeline";
import { openDemoCamera } from "#demo/demo-camera";
import { freePort } from "#demo/free-port";
import { type Program, runProgram, startProgram } from "#demo/program";
import { type DemoController, type DemoSite, writeDemoSite } from "#demo/site";
import type { HeardDecision } from "#demo/tally";
import { LimenError, messageOf } from "#errors";
import { createClosingStack } from "#lifecycle";
import type { Logger } from "#ports/logger";

export interface StageOptions {
  /** Folder the set-up filled. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The clip starts over for ever instead of ending. */
  readonly loop: boolean;
  /** Search on a server of Limen's own, as another program, instead of in the daemon. */
  readonly withServer: boolean;
  /** What moves the lock. */
  readonly controller: DemoController;
  /** Serve the console, on a port of its own. */
  readonly withConsole: boolean;
  /** Decode the clip a second time, small, to show it. */
  readonly withPreview: boolean;
  /** Progress, a line at a time. */
  readonly print: (line: string) => void;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** A door with everything around it running: camera, broker, door controller, daemon, each a part of its own. */
export interface Stage extends AsyncDisposable {
  readonly timeline: ClipTimeline;
  readonly preview: ClipPreview | null;
  /** Gallery id of each cast member. */
  readonly personIds: ReadonlyMap<string, string>;
  /** Name of each gallery id. */
  readonly names: ReadonlyMap<string, string>;
  /** Frame of the clip that the camera shows now, and how often it has started over. */
  now(): { readonly frame: number; readonly round: number };
  /** What the door controller says of its door. */
  door(): { readonly isOpen: boolean; readonly openings: number };
  /** Starts the clip. */
  play(): void;
  /** Why a part ended that should not have; pending while all is well. */
  readonly failed: Promise<string>;
  /** Where the console is, and what to say there; null = there is none. Of this demo alone, and gone with it. */
  readonly console: { readonly url: string; readonly password: string } | null;
}

const SHAPE = { width: 640, height: 360, fps: 20 } as const;
const PULSE_MS = 2500;
const READY_TIMEOUT_MS = 45_000;
const READY_EVERY_MS = 300;

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));
const DOOR_PROGRAM = fileURLToPath(new URL("./door-program.js", import.meta.url));
const PEER_PROGRAM = fileURLToPath(new URL("./peer-program.js", import.meta.url));

const decisionSchema = z.object({
  id: z.string(),
  result: z.enum(["grant", "deny"]),
  reason: z.string(),
  subject: z.object({ id: z.string() }).nullable(),
  score: z.number().nullable(),
  margin: z.number().nullable(),
  actuated: z.string(),
  latency_ms: z.number().nullable(),
});
const doorEventSchema = z.object({ event: z.string() });
const enrolledSchema = z.object({ id: z.string() });
const statusSchema = z.object({ problems: z.array(z.string()) }).nullable();

function parseDecision(payload: Uint8Array): HeardDecision {
  const heard = decisionSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  return { ...heard, personId: heard.subject?.id ?? null, latencyMs: heard.latency_ms };
}

async function prepareClip(
  options: StageOptions,
  ffmpeg: FfmpegBinary,
): Promise<{ file: string; timeline: ClipTimeline }> {
  const assetsDir = join(options.cacheDir, "demo");
  const file = join(assetsDir, `clip-${SHAPE.height}p${SHAPE.fps}.h264`);
  let said = 0;
  const timeline = await renderClip({
    ...SHAPE,
    ffmpeg,
    assetsDir,
    outFile: file,
    visits: [...DEMO_VISITS, PICTURE_ATTACK_VISIT],
    signal: options.signal,
    onProgress: (done) => {
      if (done < said + 0.25) return;
      said = done;
      options.print(`  rendering what the camera will see: ${Math.round(done * 100)} %`);
    },
  });
  return { file, timeline };
}

/** Enrols the cast with the program a user would use; the pictures are gone when it returns. */
async function enrolCast(
  options: StageOptions,
  ffmpeg: FfmpegBinary,
  site: DemoSite,
  directory: string,
): Promise<Map<string, { id: string; name: string }>> {
  const { env, signal } = options;
  options.print("  enrolling three people, each from one photograph");
  const photos = await cutEnrolmentPhotos({
    ffmpeg,
    assetsDir: join(options.cacheDir, "demo"),
    outDir: directory,
    signal,
  });
  const enrolled = new Map<string, { id: string; name: string }>();
  for (const { id: castId, name, file } of photos) {
    const args = [MAIN, "people", "add", "--config", site.configFile, "--json", "--name", name, file];
    const { id } = enrolledSchema.parse(JSON.parse(await runProgram(`enrolling ${name}`, { args, env })));
    enrolled.set(castId, { id, name });
    await rm(file);
    signal.throwIfAborted();
  }
  return enrolled;
}

async function untilReady(options: StageOptions, site: DemoSite, failed: Promise<string>): Promise<void> {
  const { env, signal } = options;
  const args = [MAIN, "status", "--json", "--config", site.configFile];
  const giveUpAtMs = systemClock.monotonicMs() + READY_TIMEOUT_MS;
  for (;;) {
    const status = statusSchema.parse(JSON.parse(await runProgram("asking for the status", { args, env })));
    if (status?.problems.length === 0) return;
    const ended = await Promise.race([failed, systemClock.sleep(READY_EVERY_MS, signal).then(() => null)]);
    if (ended !== null) throw new LimenError("LIMEN_DEMO_FAILED", ended);
    if (systemClock.monotonicMs() > giveUpAtMs) {
      const waiting = status?.problems.join("; ") ?? "it has not started";
      throw new LimenError("LIMEN_DEMO_FAILED", `the daemon did not get ready in time: ${waiting}`);
    }
  }
}

/** Sets the stage and waits until the daemon is ready to open the door. `onDecision` hears every decision over MQTT. */
export async function openStage(options: StageOptions, onDecision: (decision: HeardDecision) => void): Promise<Stage> {
  const { env, signal, logger } = options;
  const closing = createClosingStack((error) => options.print(`  while stopping: ${messageOf(error)}`));
  try {
    const ffmpeg = await locateFfmpeg(env["PATH"]);
    const { file, timeline } = await prepareClip(options, ffmpeg);
    const preview = options.withPreview
      ? await decodePreview({ ffmpeg, clipFile: file, clipFps: SHAPE.fps, signal })
      : null;

    const directory = await mkdtemp(join(tmpdir(), "limen-demo-"));
    closing.defer(() => rm(directory, { recursive: true, force: true }));
    const broker = closing.own(await openMosquitto({ directory, signal }));
    const [user] = broker.users;
    let now = { frame: 0, round: 0 };
    const { camera, found } = closing.own(
      await openDemoCamera({
        ffmpeg,
        clipFile: file,
        fps: SHAPE.fps,
        loop: options.loop,
        onFrame: ({ isHeld, index, loop }) => {
          if (!isHeld) now = { frame: index, round: loop };
        },
        print: options.print,
        signal,
      }),
    );
    const site = await writeDemoSite({
      directory,
      camera: found,
      broker: { url: broker.url, ...user },
      pulseMs: PULSE_MS,
      controller: options.controller,
      serverPort: options.withServer ? await freePort("127.0.0.1") : null,
      consolePort: options.withConsole ? await freePort("127.0.0.1") : null,
    });
    const enrolled = await enrolCast(options, ffmpeg, site, directory);

    let door = { isOpen: false, openings: 0 };
    const onLine = (line: string): void => {
      const { event } = doorEventSchema.parse(JSON.parse(line));
      if (event === "opened") door = { isOpen: true, openings: door.openings + 1 };
      if (event === "relocked") door = { ...door, isOpen: false };
    };
    const program = options.controller === "limen_native" ? DOOR_PROGRAM : PEER_PROGRAM;
    const controller = closing.own(startProgram({ args: [program], env, input: site.doorSettings, onLine }));
    if (site.serverConfigFile !== null) {
      options.print("  starting the search server, on a port of its own");
      closing.own(startProgram({ args: [MAIN, "serve", "--config", site.serverConfigFile], env }));
    }
    options.print("  starting the daemon");
    const daemon = closing.own(startProgram({ args: [MAIN, "run", "--config", site.configFile], env }));
    const ear = closing.own(
      await openMqttConnection({
        url: broker.url,
        ...user,
        clientId: "limen-demo",
        name: "telemetry",
        clock: systemClock,
        logger,
      }),
    );
    ear.subscribe(siteTopics("limen").decision, { skipRetained: true }, (payload) =>
      onDecision(parseDecision(payload)),
    );

    const endOf = (what: string, program: Program): Promise<string> =>
      program.ended.then(() => `${what} ended: ${program.lastWords()}`);
    const failed = Promise.race([endOf("the daemon", daemon), endOf("the door controller", controller)]);
    await untilReady(options, site, failed);
    return {
      timeline,
      preview,
      personIds: new Map([...enrolled].map(([castId, { id }]) => [castId, id])),
      names: new Map([...enrolled.values()].map(({ id, name }) => [id, name])),
      now: () => now,
      door: () => door,
      play: () => camera.play(),
      failed,
      console: site.console,
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}
