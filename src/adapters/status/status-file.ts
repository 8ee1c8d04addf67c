import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { SIGHT_STATES } from "#core/camera-sight";
import { DOOR_CONCERNS } from "#core/door-concern";
import { DOOR_ALARMS } from "#core/door-state";
import { LIVENESS_MODES } from "#core/liveness";
import { LOCK_WORDS } from "#core/lock-word";
import { DOOR_MODES } from "#core/policy";
import { SPANS } from "#core/spend";
import type { Clock } from "#ports/clock";
import type { Status } from "#ports/status-board";

const schema = z.object({
  version: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  broker: z.enum(["online", "offline"]),
  cameras: z.record(
    z.string(),
    z.object({
      state: z.enum(["starting", "streaming", "down"]),
      code: z.string().nullable(),
      restarts: z.number(),
      sight: z.enum(SIGHT_STATES),
      sightSince: z.string(),
    }),
  ),
  doors: z.record(
    z.string(),
    z.object({
      mode: z.enum(DOOR_MODES),
      liveness: z.enum(LIVENESS_MODES).optional(),
      broker: z.enum(["online", "offline"]),
      controller: z.enum(["online", "offline", "unknown"]),
      concerns: z.array(z.enum(DOOR_CONCERNS)),
      lock: z.enum(LOCK_WORDS).optional(),
      contact: z.enum(["open", "shut"]).nullable().optional(),
      alarm: z.enum(DOOR_ALARMS).nullable().optional(),
    }),
  ),
  gallery: z.object({ people: z.number(), faces: z.number(), memoryMb: z.number() }),
  network: z
    .object({
      leftAlone: z.boolean(),
      spent: z.object({ day: z.number(), month: z.number() }),
      saved: z.number(),
      capReached: z.enum(SPANS).nullable(),
    })
    .exactOptional(),
  problems: z.array(z.string()),
  warnings: z.array(z.string()),
}) satisfies z.ZodType<Status>;

const CHECK_MS = 1000;

/**
 * Keeps `file` equal to what `collect` says, rewritten only when that changes (an SD card is not a scratch pad) and whole at any
 * moment (rename). Removed at the end. A disk that refuses is nobody's reason to stop: the file is then simply old.
 */
export function openStatusFile(file: string, collect: () => Status, clock: Clock): AsyncDisposable {
  const stop = new AbortController();
  let written = "";
  const write = async (): Promise<void> => {
    const text = `${JSON.stringify(collect(), null, 2)}\n`;
    if (text === written) return;
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
    written = text;
  };
  const working = (async () => {
    while (!stop.signal.aborted) {
      await write().catch(() => {});
      await clock.sleep(CHECK_MS, stop.signal).catch(() => {});
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await working;
      await rm(file, { force: true });
    },
  };
}

/** False when there certainly is no such process on this computer. */
function mayRun(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** The status of the running daemon in `file`; null when there is none, it cannot be read, or a daemon that was killed left it. */
export async function readStatusFile(file: string): Promise<Status | null> {
  try {
    const status = schema.parse(JSON.parse(await readFile(file, "utf8")));
    return mayRun(status.pid) ? status : null;
  } catch {
    return null;
  }
}
