import { systemClock } from "#adapters/clock/system-clock";
import { EXPOSITION_TYPE, exposition } from "#adapters/metrics/exposition";
import type { MemoryMetrics } from "#adapters/metrics/memory-metrics";
import { countProcess } from "#adapters/metrics/process-numbers";
import type { OutageLog } from "#adapters/mqtt/outage-log";
import { openSupervisor } from "#adapters/systemd/notify";
import { type AuditWatch, createAuditWatch } from "#flow/audit-watch";
import type { CameraLife } from "#flow/camera-loop";
import { createHeartbeat } from "#flow/heartbeat";
import { gaugeStatus } from "#flow/status-gauges";
import type { AuditLog } from "#ports/audit-log";
import type { Logger } from "#ports/logger";
import type { Status } from "#ports/status-board";
import type { Supervisor } from "#ports/supervisor";

/** How long each part may go without a sign of life, ms: far more than it ever needs on a small computer that is busy. */
const ALLOWED_MS = { camera: 20_000, broker: 60_000, audit: 30_000 };
/** How often the service manager is told how Limen is, when that has changed, ms. */
const SAY_MS = 2000;

/** Nobody to tell. */
const NOBODY: Supervisor = { watchdogMs: null, ready() {}, alive() {}, says() {}, stopping() {} };

export interface Watch extends AsyncDisposable {
  /** Where a camera's loop shows that it works, until it is disposed of. */
  cameraLife(camera: string): CameraLife & Disposable;
  /** The same log; the connections that report to it thereby show that they go on trying. */
  brokerLife(outages: OutageLog): OutageLog;
  /** What of this keeps doors shut. */
  problems(): { readonly records: string | null; readonly stuck: readonly string[] };
  /** Parts that give no sign of life; empty = alive. */
  stuck(): readonly string[];
  /** All numbers as Prometheus reads them. */
  metricsText(status: Status): string;
  readonly metricsType: string;
  /** Everything is open: says so, and begins to watch, until the signal aborts or it is disposed of. */
  start(status: () => Status): void;
}

/** Joins what tells the world outside whether Limen works: the watchdog, health, metrics. */
export function openWatch(
  { audit, env }: { readonly audit: AuditLog; readonly env: Readonly<Record<string, string | undefined>> },
  { logger, metrics }: { readonly logger: Logger; readonly metrics: MemoryMetrics },
  /** `signal` ends this watch, `ending` the whole program. */
  { signal, ending }: { readonly signal: AbortSignal; readonly ending: AbortSignal },
): Watch {
  const clock = systemClock;
  const supervisor = openSupervisor({ env, pid: process.pid });
  if (supervisor === null)
    logger.error({}, "systemd waits for a word that cannot be sent: start Limen through systemd/limen-launch");
  const manager = supervisor ?? NOBODY;
  const heart = createHeartbeat({ supervisor: manager, clock, logger, metrics });
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const countOwn = countProcess(metrics);
  let auditWatch: AuditWatch | null = null;
  let running: Promise<unknown> = Promise.resolve();

  const cameraLives = new Map<string, CameraLife & { readonly ticks: ReturnType<typeof heart.ticker> }>();

  const stuck = (): readonly string[] => heart.stuck().map(({ part }) => part);

  const tell = async (status: () => Status): Promise<void> => {
    let said = "";
    while (!ended.aborted) {
      const { problems } = status();
      const line = problems.length === 0 ? "ready" : `not ready: ${problems.join("; ")}`;
      if (line !== said) manager.says(line);
      said = line;
      await clock.sleep(SAY_MS, ended).catch(() => {});
    }
  };

  return {
    cameraLife(camera) {
      // A camera that opens anew goes on with what it had: the heart forgets nobody.
      const life = cameraLives.get(camera) ?? {
        ticks: heart.ticker(`camera ${camera}`, ALLOWED_MS.camera),
        pictures: heart.worker(`camera ${camera}`, ALLOWED_MS.camera),
      };
      cameraLives.set(camera, life);
      life.ticks.beat();
      return {
        ...life,
        [Symbol.dispose]() {
          life.ticks.rest();
          life.pictures.end();
        },
      };
    },
    brokerLife(outages) {
      const lives = new Map<string, ReturnType<typeof heart.ticker>>();
      const lifeOf = (connection: string): ReturnType<typeof heart.ticker> => {
        const life = lives.get(connection) ?? heart.ticker("MQTT connection", ALLOWED_MS.broker);
        lives.set(connection, life);
        return life;
      };
      for (const connection of ["telemetry", "control"]) lifeOf(connection);
      return {
        lost(connection, error) {
          lifeOf(connection).beat();
          outages.lost(connection, error);
        },
        found(connection) {
          lifeOf(connection).rest();
          outages.found(connection);
        },
      };
    },
    problems: () => ({ records: auditWatch?.fault() ?? null, stuck: stuck() }),
    stuck,
    metricsText(status) {
      gaugeStatus(status, metrics);
      countOwn();
      return exposition(metrics.series());
    },
    metricsType: EXPOSITION_TYPE,
    start(status) {
      auditWatch = createAuditWatch({ audit, life: heart.ticker("audit log", ALLOWED_MS.audit), clock });
      running = Promise.all([heart.run(ended), auditWatch.run(ended), tell(status)]);
      // Whoever disposes of it hears of it; until then it must not count as unhandled.
      running.catch(() => {});
      ending.addEventListener("abort", () => manager.stopping(), { once: true });
      manager.ready();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
