import { watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { type AppContext, openApp } from "#app";
import { keepRunningConfig } from "#app-offline";
import { changesBetween } from "#config/diff";
import { type LoadedConfig, loadConfig } from "#config/load";
import { codeOf, messageOf } from "#errors";
import { createSuccession } from "#flow/succession";
import { planLines, planReload, type ReloadPlan } from "#reload";

/** Editors write in several steps, and a person saves twice. */
const SETTLE_MS = 500;
/** So that whoever asked for it over a part that closes still gets an answer. */
const ANSWER_MS = 1000;

export interface ReloadContext extends Omit<AppContext, "file" | "ending"> {
  /** Calls back when somebody asks for a reload by a signal. */
  readonly onHangup?: ((listener: () => void) => void) | undefined;
}

function planFor(before: LoadedConfig, after: LoadedConfig): ReloadPlan {
  const others = [...after.secrets].filter(([at, secret]) => before.secrets.get(at)?.reveal() !== secret.reveal());
  const known = others.flatMap(([at]) => (before.secrets.has(at) ? [at] : []));
  return planReload(changesBetween(before.plain, after.plain, new Set(known)));
}

/**
 * Runs the daemon until the signal aborts, and follows its configuration: at SIGHUP and when the file or the secrets beside it are saved.
 * A file with a fault changes nothing and is said once; what may change live does, with no door disturbed; everything else opens the
 * daemon's parts anew, with the old configuration when the new one does not open. Throws what opening it the first time throws.
 */
export async function runFollowing(path: string, first: LoadedConfig, context: ReloadContext): Promise<void> {
  const { env, logger, signal } = context;
  let fault: string | null = null;

  const line = createSuccession<LoadedConfig>({
    first,
    async open({ config, plain }, ends) {
      const app = await openApp(config, { ...context, signal: ends, ending: signal, file });
      await keepRunningConfig(config, plain);
      return { ...app, use: (next, before) => app.use(next.config, planFor(before, next).touched) };
    },
    onRefused: (error) =>
      logger.error(
        { code: codeOf(error) },
        `the new configuration does not open, the old one does: ${messageOf(error)}`,
      ),
    onBroken(error) {
      // What is opened while everything closes is no fault.
      if (signal.aborted) return;
      logger.error({ code: codeOf(error) }, `a part did not open, so everything opens anew: ${messageOf(error)}`);
    },
    graceMs: ANSWER_MS,
    clock: systemClock,
    signal,
  });
  const follow = async (): Promise<void> => {
    let fresh: LoadedConfig;
    try {
      fresh = await loadConfig(path, { env });
    } catch (error) {
      const told = `the configuration file has a fault, so Limen goes on with what it read before: ${messageOf(error)}`;
      if (fault !== told) logger.error({ code: codeOf(error) }, told);
      fault = told;
      return;
    }
    if (fault !== null) logger.info({}, "the configuration file is good again");
    fault = null;
    const plan = planFor(line.newest(), fresh);
    if (plan.changes.length === 0) return;
    for (const said of planLines(plan)) logger.info({}, `configuration: ${said}`);
    if (plan.restarts.length > 0) line.openAnew(fresh);
    else if (await line.use(fresh)) await keepRunningConfig(fresh.config, fresh.plain);
  };
  /** Never rejects. */
  const reload = (): Promise<void> =>
    line.inTurn(follow).catch((error: unknown) => {
      logger.error({ code: codeOf(error) }, `the configuration could not be taken into use: ${messageOf(error)}`);
    });
  const restart = (): void => void line.inTurn(async () => line.openAnew(line.newest()));
  const file = { path, fault: () => fault, reload, restart };
  const unwatch = watchFiles(path, () => void reload());
  context.onHangup?.(() => void reload());
  try {
    await line.run();
  } finally {
    unwatch();
  }
}

/** Calls back a moment after the file or the secrets beside it were saved; nothing where a folder cannot be watched. */
function watchFiles(path: string, onSaved: () => void): () => void {
  const names = new Set([basename(path), "secrets.yaml"]);
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(dirname(resolve(path)), { persistent: false }, (_, name) => {
      if (name === null || !names.has(name)) return;
      clearTimeout(timer);
      timer = setTimeout(onSaved, SETTLE_MS).unref();
    });
    watcher.on("error", () => {});
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    return () => {};
  }
}
