import { randomBytes } from "node:crypto";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { encodeCrop } from "#adapters/faces/encode-crop";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { createPinoLogger } from "#adapters/log/pino-logger";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { openMqttAnnouncer } from "#adapters/mqtt/announcer";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { openStatusFile } from "#adapters/status/status-file";
import { openSource } from "#app-cameras";
import { createRoom, openLiveConsole, type WatchedCamera } from "#app-console";
import { openEngines } from "#app-engines";
import { openConfiguredFinder, openRecords, photoKeeper } from "#app-offline";
import { connectBroker, openDoor, openLocalSearch, policyOf, rulesOf } from "#app-parts";
import { openQuestions, stepUpOf } from "#app-questions";
import { openApi } from "#app-serve";
import { openStandings } from "#app-standing";
import { openWatch } from "#app-watch";
import type { Config } from "#config/config";
import { isoOf } from "#core/instant";
import { problemsOf } from "#core/readiness";
import { codeOf, messageOf } from "#errors";
import { createCameraEye } from "#flow/camera-eye";
import { runCameraLoop } from "#flow/camera-loop";
import { createActuator } from "#flow/carry-out";
import { createCueTaker } from "#flow/cue-taker";
import { createDoorDesk } from "#flow/door-desk";
import { rememberNewest } from "#flow/newest-picture";
import { createWhereabouts } from "#flow/whereabouts";
import { type ClosingStack, createClosingStack, stopInOrder } from "#lifecycle";
import { statusFileIn } from "#paths";
import type { Logger } from "#ports/logger";
import type { Status } from "#ports/status-board";
import { VERSION } from "#version";

const STOP_DEADLINE_MS = 10_000;

export interface App {
  status(): Status;
  /** Resolves when the signal given to openApp has aborted and everything has stopped; throws LIMEN_STOP_DEADLINE after 10 s. */
  untilStopped(): Promise<void>;
}

export interface AppContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** Stops the app. */
  readonly signal: AbortSignal;
}

/** The log as the config wants it: lines for people on a terminal, JSON for everything else. */
export function openLog(config: Config, out: { write: (text: string) => void; isTerminal: boolean }): Logger {
  return createPinoLogger({ level: config.log.level, readable: out.isTerminal, write: out.write });
}

/** A log that keeps silent, for tools whose user reads something else. */
export function openQuietLog(): Logger {
  return createPinoLogger({ level: "error", readable: false, write: () => {} });
}

/**
 * Joins the parts of the daemon and starts them. Throws before anything runs when the configuration, the models, ffmpeg or the
 * database are not right; a broker or a camera that is away is no error, the daemon waits for it with the doors shut.
 */
export async function openApp(config: Config, context: AppContext): Promise<App> {
  const { logger } = context;
  const closing = createClosingStack((error) =>
    logger.error({ code: codeOf(error) }, `while stopping: ${messageOf(error)}`),
  );
  try {
    return await join(config, context, closing);
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function join(config: Config, { env, logger, signal }: AppContext, closing: ClosingStack): Promise<App> {
  const clock = systemClock;
  const metrics = createMemoryMetrics();
  const tools = { clock, logger, metrics };
  const startedAt = isoOf(clock.now());
  const { mqtt } = config;

  const binary = await locateFfmpeg(env["PATH"]);
  const records = closing.own(await openRecords(config));
  const { gallery, audit, admin, spendBook, calibrations } = records;
  const asksForLiveness = config.doors.some(({ policy }) => policy.liveness !== "off");
  const finder = closing.own(await openConfiguredFinder(config, env, asksForLiveness));
  const engines = closing.own(await openEngines(config, { gallery, finder, spendBook }, tools));
  const { local } = engines;

  const instance = randomBytes(4).toString("hex");
  const watch = openWatch({ audit, env }, { logger, metrics }, signal);
  const { telemetry, control } = await connectBroker(config, instance, logger, watch.brokerLife);
  closing.own(telemetry);
  closing.own(control);
  const announcer = closing.own(
    await openMqttAnnouncer({
      connection: telemetry,
      prefix: mqtt.prefix,
      instance,
      version: VERSION,
      doors: config.doors.map(({ id }) => id),
      readers: config.cameras.map(({ id }) => id),
      clock,
      metrics,
    }),
  );

  const doors = await Promise.all(
    config.doors.map(async (door) => ({ door, controller: closing.own(await openDoor(config, door, control, tools)) })),
  );
  const standings = await openStandings({ records, doors, announcer, tools });
  const directory = createOnvifDirectory({ clock });
  const room = createRoom(gallery);
  const whereabouts = createWhereabouts();
  const questions = closing.own(openQuestions(config, control, tools));
  const { board } = room;
  const cameras = config.cameras.map((camera) => {
    const source = closing.own(openSource(camera, { directory, binary, tap: config.http !== null }, tools));
    const eye = createCameraEye({ camera: camera.id, ...tools });
    return { camera, live: source.live, source: rememberNewest(source), eye };
  });

  const loops = cameras.map(({ camera, source, eye }) => {
    const cameraHealthy = (): boolean => source.health().state === "streaming" && !eye.isDisarmed();
    const desks = doors
      .filter(({ door }) => door.camera === camera.id)
      .map(({ door, controller }) => {
        const actuator = createActuator({ door: door.id, controller, audit, announcer, board, ...tools });
        closing.defer(() => actuator.settled());
        return createDoorDesk(rulesOf(config, camera, finder), {
          policy: policyOf(config, door),
          roster: config.search.verifik?.roster ?? "gallery",
          engines: engines.forDoors,
          gallery,
          standing: standings.of(door.id),
          actuator,
          cameraHealthy,
          calibration: () => calibrations.inForce(door.collection, finder.modelId),
          ...{ whereabouts, questions, secondFactor: stepUpOf(door) },
          cropOf: encodeCrop,
          newId: newUlid,
          ...tools,
        });
      });
    const { id, maxFrameAgeMs } = camera;
    const lookIntervalMs = 1000 / camera.looksPerSecond;
    return runCameraLoop(
      {
        camera: id,
        source,
        finder,
        closeUp: finder.closeUp,
        desks,
        eye,
        cues: createCueTaker(),
        maxFrameAgeMs,
        lookIntervalMs,
        board,
        life: watch.cameraLife(id),
        ...tools,
      },
      signal,
    );
  });
  const running = Promise.all([...loops, standings.run(signal)]);
  // Whoever awaits untilStopped hears of it; until then it must not count as unhandled.
  running.catch(() => {});

  const status = (): Status => {
    const states = {
      broker: control.isOnline() && telemetry.isOnline() ? ("online" as const) : ("offline" as const),
      cameras: Object.fromEntries(
        cameras.map(({ camera, source, eye }) => {
          const { state, code, restarts } = source.health();
          const sight = eye.sight();
          return [camera.id, { state, code, restarts, sight: sight.state, sightSince: isoOf(sight.since) }];
        }),
      ),
      doors: Object.fromEntries(
        doors.map(({ door: { id, mode, policy }, controller }) => [
          id,
          { mode, liveness: policy.liveness, ...controller.health() },
        ]),
      ),
    };
    const people = local?.size(null) ?? null;
    const network = engines.network();
    const isNeeded = config.search.engine !== "verifik_then_local";
    const problems = problemsOf({
      ...states,
      ...standings.problems(),
      ...watch.problems(),
      people,
      ...(network && { network: { ...network, isNeeded } }),
    });
    return {
      version: VERSION,
      pid: process.pid,
      startedAt,
      ...states,
      gallery: {
        people: people ?? 0,
        faces: local?.faces ?? 0,
        memoryMb: Math.round((local?.memoryBytes() ?? 0) / 2 ** 20),
      },
      ...(network && { network }),
      problems,
    };
  };
  if (config.api !== null) {
    const search = local ?? closing.own(await openLocalSearch(gallery, finder, tools));
    closing.own(
      await openApi(config.api, { search, finder, gallery, admin, photoOf: photoKeeper(config), questions }, tools),
    );
  }
  if (config.http !== null) {
    const watched: WatchedCamera[] = cameras.map(({ camera: { id }, source, live }) => {
      return { id, newest: source.newest, live };
    });
    const parts = { site: config.site.name, room, status, watched, binary, watch };
    closing.own(await openLiveConsole(config.http, parts, tools));
  }
  closing.own(openStatusFile(statusFileIn(config.site.dataDir), status, clock));
  logger.info(
    { version: VERSION, cameras: cameras.length, doors: doors.length, people: local?.size(null) ?? 0 },
    "limen is up",
  );
  closing.own(watch).start(status);

  return {
    status,
    async untilStopped() {
      await stopInOrder(running, closing, { signal, ms: STOP_DEADLINE_MS, clock });
      logger.info({}, "limen has stopped");
    },
  };
}
