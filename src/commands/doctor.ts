import type { CameraDiagnosis } from "#app-doctor";
import { CONFIG_FLAG, type Command, suggestion, text, usageError } from "#commands/command";
import type { CameraConfig } from "#config/config";
import { loadConfig } from "#config/load";
import { measureRows } from "#core/camera-measures";
import { LimenError } from "#errors";

const HELP = "see: limen help doctor";
const REDRAW = "\r\u001b[K";
const SECONDS = { least: 3, most: 300 };
/** Without a terminal a line this often is enough to see that it lives, ms. */
const NOTE_EACH_MS = 5_000;

export const doctor: Command = {
  name: "doctor",
  summary: "watches each camera for some seconds and says what to change: light, focus, distance, stream, network",
  usage: ["[CAMERA] [--seconds 10] [--json] [--config FILE]"],
  about: [
    "Stand at the door while it runs: it measures how large a face gets there.",
    "It opens the cameras itself, one after the other; the daemon may run or not.",
  ],
  flags: { ...CONFIG_FLAG, seconds: { type: "string", default: "10" }, json: { type: "boolean" } },
  async run(words, flags, { env, print, write, note, isTerminal, signal }) {
    const seconds = Number(text(flags, "seconds"));
    if (!(seconds >= SECONDS.least && seconds <= SECONDS.most))
      throw usageError(`--seconds takes a number from ${SECONDS.least} to ${SECONDS.most}`, HELP);
    if (words.length > 1) throw usageError("doctor takes one camera, or none for all of them", HELP);
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const cameras = camerasNamed(config.cameras, words[0]);
    const asJson = flags["json"] === true;
    const { examineCameras } = await import("#app-doctor");
    const { openQuietLog } = await import("#app");
    const isDrawn = isTerminal && !asJson;
    let notedAtMs = 0;
    const onProgress = (camera: string, watchedMs: number, pictures: number): void => {
      const line = `${camera}: watched for ${Math.floor(watchedMs / 1000)} of ${seconds} s, ${pictures} pictures`;
      if (isDrawn) write(`${REDRAW}${line}`);
      else if (watchedMs - notedAtMs >= NOTE_EACH_MS || watchedMs < notedAtMs) {
        notedAtMs = watchedMs;
        note(line);
      }
    };
    const found: CameraDiagnosis[] = [];
    note(
      `opening ${cameras.map(({ id }) => id).join(", ")}: ${seconds} s a camera, and some to begin and to count what it sends`,
    );
    for await (const one of examineCameras(config, cameras, seconds, {
      env,
      logger: openQuietLog(),
      signal,
      onProgress,
    })) {
      found.push(one);
      if (isDrawn) write(REDRAW);
      if (asJson) print(JSON.stringify(jsonOf(one)));
      else for (const line of linesOf(one)) print(line);
    }
    const [first, ...others] = found.flatMap(({ fault }) => fault ?? []);
    if (first === undefined) return;
    if (found.length === 1) throw first;
    throw new LimenError(first.code, `${others.length + 1} of ${found.length} cameras give no pictures`, {
      hint: HELP,
    });
  },
};

function camerasNamed(cameras: readonly CameraConfig[], name: string | undefined): readonly CameraConfig[] {
  if (name === undefined) return cameras;
  const chosen = cameras.filter(({ id }) => id === name);
  if (chosen.length > 0) return chosen;
  const ids = cameras.map(({ id }) => id);
  throw usageError(`there is no camera "${name}"${suggestion(name, ids)}`, `the configuration has: ${ids.join(", ")}`);
}

/** Whole numbers are enough for reading and comparing; shares keep two digits. */
function jsonOf(one: CameraDiagnosis): object {
  if (one.fault !== null)
    return { camera: one.camera, code: one.fault.code, problem: one.fault.message, hint: one.fault.hint ?? null };
  return { camera: one.camera, code: null, measures: rounded(one.measures), advice: one.advice };
}

function rounded(value: unknown): unknown {
  if (typeof value === "number") return Math.round(value * 100) / 100;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, rounded(part)]));
}

function linesOf(one: CameraDiagnosis): string[] {
  if (one.fault !== null) return [`${one.camera}: ${one.fault.message} [${one.fault.code}]`];
  const { measures, advice } = one;
  return [
    `${one.camera}:`,
    ...measureRows(measures).map(([what, how]) => `  ${what.padEnd(10)}${how}`),
    ...(advice.length === 0 ? ["  nothing to change"] : advice.map((line) => `  to change ${line}`)),
  ];
}
