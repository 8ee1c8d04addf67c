import { randomBytes } from "node:crypto";
import { systemClock } from "#adapters/clock/system-clock";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { createPinoLogger } from "#adapters/log/pino-logger";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { openMqttAnnouncer } from "#adapters/mqtt/announcer";
import { keptInstance } from "#adapters/status/instance-file";
import { openStatusFile } from "#adapters/status/status-file";
import { keepThreshold, keptThreshold } from "#adapters/status/threshold-file";
import { createRoom, openLiveConsole } from "#app-console";
import { configDesk } from "#app-console-desks";
import { commandTopicsOf } from "#app-doors";
import { openEngines } from "#app-engines";
import { openHome } from "#app-home";
import { createLookout } from "#app-lookout";
import { openConfiguredFinder, openRecords, photoKeeper } from "#app-offline";
import { connectBroker, openLocalSearch } from "#app-parts";
import { openQuestions } from "#app-questions";
import { openRemote } from "#app-remote";
import { createRooms } from "#app-rooms";
import { openApi } from "#app-serve";
import { openStandings } from "#app-standing";
import { statusOf } from "#app-status";
import { openWatch } from "#app-watch";
import type { Config } from "#config/config";
import { isoOf } from "#core/instant";
import { codeOf, messageOf } from "#errors";
import { openSiteControl } from "#flow/site-control";
import { type ClosingStack, createClosingStack, createLoops, stopInOrder } from "#lifecycle";
import { instanceFileIn, statusFileIn, thresholdFileIn } from "#paths";
import type { DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Status } from "#ports/status-board";
import { isAnythingTouched, type Touched, touchedWords } from "#reload";
import { VERSION } from "#version";

const STOP_DEADLINE_MS = 10_000;

export interface App {
  status(): Status;
  /**
   * From the next decision on these hours, people, thresholds and modes hold, and what is touched opens anew; nothing else may differ.
   * Throws what opening throws: then what was touched is not there.
   */
  use(config: Config, touched: Touched): Promise<void>;
  /** Resolves when the signal given to openApp has aborted and everything has stopped; throws LIMEN_STOP_DEADLINE after 10 s. */
  untilStopped(): Promise<void>;
}

export interface ConfigFile {
  readonly path: string;
  /** What is wrong with it as it lies there now, as a sentence; null = nothing. */
  fault(): string | null;
  /** Takes it into use; resolves when that is done or on its way. */
  reload(): Promise<void>;
  /** Opens everything anew with the same configuration. */
  restart(): void;
}

export interface AppContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** Where the configuration stands, and how a change to it takes hold. */
  readonly file: ConfigFile;
  /** A line for whoever started Limen, which no log keeps. */
  readonly tell: (line: string) => void;
  /** Stops the app. */
  readonly signal: AbortSignal;
  /** Aborts when the whole program ends, and not only this app to make room for one with another configuration. */
  readonly ending: AbortSignal;
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

function idsOf(parts: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(parts.map(({ id }) => id));
}

async function join(first: Config, context: AppContext, closing: ClosingStack): Promise<App> {
  const { env, logger, tell, file, signal, ending } = context;
  const config = first;
  let current = first;
  const clock = systemClock;
  const metrics = createMemoryMetrics();
  const tools = { clock, logger, metrics };
  const startedAt = isoOf(clock.now());
  const { mqtt } = config;

  const binary = await locateFfmpeg(env["PATH"]);
  const records = closing.own(await openRecords(config));
  const { gallery, audit, admin, spendBook } = records;
  const finder = closing.own(await openConfiguredFinder(config, env, { for: "doors" }));
  const engines = closing.own(await openEngines(config, { gallery, finder, spendBook }, tools));
  const { local } = engines;

  const instance = await keptInstance(instanceFileIn(config.site.dataDir), () => randomBytes(4).toString("hex"));
  const watch = openWatch({ audit, env }, { logger, metrics }, { signal, ending });
  const commandTopics = new Set(commandTopicsOf(config));
  const { telemetry, control: commands } = await connectBroker(
    config,
    instance,
    logger,
    commandTopics,
    watch.brokerLife,
  );
  closing.own(telemetry);
  closing.own(commands);
  const home = closing.own(openHome(config, { telemetry, instance, gallery }, tools));
  const mqttAnnouncer = closing.own(
    await openMqttAnnouncer({
      connection: telemetry,
      prefix: mqtt.prefix,
      instance,
      version: VERSION,
      doors: () => current.doors.map(({ id }) => id),
      readers: () => current.cameras.map(({ id }) => id),
      clock,
      metrics,
    }),
  );
  const announcer = home.beside(mqttAnnouncer);

  const controllers = new Map<string, DoorController>();
  const thresholdFile = thresholdFileIn(config.site.dataDir);
  const control = await openSiteControl({
    floor: () => current.search.minScore,
    kept: () => keptThreshold(thresholdFile),
    keep: (score) => keepThreshold(thresholdFile, score),
    restart: file.restart,
    controllers,
    ...tools,
  });
  const standings = await openStandings({ records, doors: config.doors, announcer, tools });
  const { modes } = standings;
  const afar = { standings, audit, announcer, connection: commands, control, signal };
  const remote = openRemote(config, { ...afar, ...tools });
  closing.defer(() => remote[Symbol.dispose]());
  const questions = openQuestions(config, commands, tools);
  closing.defer(() => questions[Symbol.dispose]());
  const room = createRoom(gallery);
  const loops = createLoops(signal);
  const shared = {
    records,
    finder,
    engines,
    announcer,
    questions,
    board: room.board,
    binary,
    lifeOf: watch.cameraLife,
  };
  const lookout = createLookout(config, { ...shared, loops, signal }, tools);
  const joined = { lookout, standings, remote, questions, commands, controllers, loops, signal };
  const rooms = closing.own(createRooms({ current: () => current, lowest: control.threshold, ...joined }, tools));
  await rooms.arrange({ doors: idsOf(config.doors), cameras: idsOf(config.cameras) });
  loops.add(standings.run(signal));
  const { running } = loops;
  const { doors, cameras } = rooms;

  const live = { engines, standings, control: commands, telemetry, watch };
  const status = (): Status =>
    statusOf({ config: current, cameras: cameras(), doors: doors(), ...live, startedAt, fileFault: file.fault });
  const isServing = config.api !== null || config.http !== null;
  const search = local ?? (isServing ? closing.own(await openLocalSearch(gallery, finder, tools)) : null);
  if (config.api !== null && search !== null) {
    const served = { search, finder, gallery, admin, photoOf: photoKeeper(config), questions, remote };
    closing.own(await openApi(config.api, served, tools));
  }
  if (config.http !== null && search !== null) {
    const watched = () => cameras().map(({ camera: { id }, source: { newest }, view }) => ({ id, newest, view }));
    const desk = configDesk(file.path, () => current, { env, reload: file.reload });
    const seen = {
      config: () => current,
      lowest: control.threshold,
      room,
      status,
      watched,
      binary,
      records,
      finder,
      search,
      desk,
      remote,
      modes,
    };
    closing.own(await openLiveConsole(config.http, { ...seen, metrics, signal, tell, watch }, tools));
  }
  await home.begin(
    status,
    (id) =>
      cameras()
        .find(({ camera }) => camera.id === id)
        ?.source.newest() ?? null,
  );
  closing.own(openStatusFile(statusFileIn(config.site.dataDir), status, clock));
  logger.info(
    { version: VERSION, cameras: cameras().length, doors: doors().length, people: local?.size(null) ?? 0 },
    "limen is up",
  );
  closing.own(watch).start(status);

  return {
    status,
    async use(next, touched) {
      const before = new Map(doors().map(({ door: { id }, mode }) => [id, mode()] as const));
      current = next;
      for (const { door, mode } of doors()) if (mode() !== before.get(door.id)) modes.changed(door.id);
      if (!isAnythingTouched(touched)) return;
      // What was a command stays one: nobody else may retain it.
      for (const topic of commandTopicsOf(next)) commandTopics.add(topic);
      await rooms.arrange(touched);
      const isThere = { door: idsOf(next.doors), camera: idsOf(next.cameras) };
      for (const id of touched.doors) if (!isThere.door.has(id)) metrics.forget("door", id);
      for (const id of touched.cameras) if (!isThere.camera.has(id)) metrics.forget("camera", id);
      mqttAnnouncer.siteChanged();
      await home.siteChanged(next);
      logger.info({}, `taken into use: ${touchedWords(touched)}`);
    },
    async untilStopped() {
      await stopInOrder(running, closing, { signal, ms: STOP_DEADLINE_MS, clock });
      logger.info({}, "limen has stopped");
    },
  };
}
