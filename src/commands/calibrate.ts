import type { CalibrationDesk } from "#app-calibrate";
import { calibrationReport } from "#commands/calibration-report";
import { CONFIG_FLAG, type Command, type CommandContext, type FlagValues, text, usageError } from "#commands/command";
import { createProgress } from "#commands/progress";
import type { Config } from "#config/config";
import { loadConfig } from "#config/load";

const HELP = "see: limen help calibrate";
const DEFAULT_FPIR = "0.001";
/** One in ten is no promise; beyond one in a hundred thousand no gallery says anything. */
const LOWEST_FPIR = 0.00001;
const HIGHEST_FPIR = 0.1;
/** Named at most; all are kept. */
const NAMED_PAIRS = 20;

function fpirOf(flags: FlagValues): number {
  const fpir = Number(text(flags, "fpir") ?? DEFAULT_FPIR);
  if (fpir >= LOWEST_FPIR && fpir <= HIGHEST_FPIR) return fpir;
  throw usageError(`--fpir is a rate from ${LOWEST_FPIR} to ${HIGHEST_FPIR}`, HELP);
}

function collectionsOf(config: Config, flags: FlagValues): string[] {
  const chosen = text(flags, "collection");
  return chosen === undefined ? [...new Set(config.doors.map(({ collection }) => collection))] : [chosen];
}

async function measureOne(
  desk: CalibrationDesk,
  { collection, fpir, isApplied }: { collection: string; fpir: number; isApplied: boolean },
  { print, note, write, isTerminal, signal }: CommandContext,
  asJson: boolean,
): Promise<void> {
  let steps: ReturnType<typeof createProgress> | undefined;
  let seen = 0;
  const onStep = (done: number, all: number): void => {
    steps ??= createProgress({
      all,
      draw: isTerminal && !asJson ? write : null,
      note,
      nowMs: () => performance.now(),
    });
    for (; seen < done; seen++) steps.step();
  };
  const findings = await desk.measure({ collection, fpir, onStep }, signal);
  steps?.end();
  if (isApplied) await desk.apply(collection, fpir, findings);
  if (asJson) {
    print(JSON.stringify({ collection, fpir, applied: isApplied, ...findings }));
    return;
  }
  for (const line of calibrationReport({ collection, fpir }, findings)) print(line);
  for (const { personIds, score } of findings.lookAlikes.slice(0, NAMED_PAIRS)) {
    const [one, other] = [await desk.nameOf(personIds[0]), await desk.nameOf(personIds[1])];
    print(`  look-alike ${one} and ${other}, score ${score.toFixed(2)}`);
  }
  const pairs = findings.lookAlikes.length;
  if (pairs > NAMED_PAIRS) print(`  look-alike … and ${pairs - NAMED_PAIRS} pairs more`);
  const isFitted = findings.calibration.kind === "fitted";
  if (isApplied)
    print(
      `  applied    ${isFitted ? "the threshold is in force" : "no threshold"}; ${pairs} pair(s) on stricter rules`,
    );
  else if (isFitted || pairs > 0) print("  nothing was changed: --apply puts this in force");
}

export const calibrate: Command = {
  name: "calibrate",
  summary: "measures with the people enrolled how high a score must be so that strangers stay outside",
  usage: [
    "[--collection CODE] [--fpir 0.001] [--apply] [--json] [--config FILE]",
    "--forget [--collection CODE] [--config FILE]",
  ],
  about: [
    "Compares everybody of a collection with everybody else, fits the tail of those scores, and says which threshold keeps the promise",
    "that at most the given share of single pictures of strangers scores over it. Needs 50 people; with fewer the safe default stays.",
    "--apply puts it in force, never under the model's same-person score, and puts people who look alike on stricter rules.",
    "--forget goes back to the safe default.",
  ],
  flags: {
    ...CONFIG_FLAG,
    collection: { type: "string" },
    fpir: { type: "string" },
    apply: { type: "boolean" },
    forget: { type: "boolean" },
    json: { type: "boolean" },
  },
  async run(words, flags, context) {
    if (words.length > 0) throw usageError("calibrate takes no words", HELP);
    const isApplied = flags["apply"] === true;
    if (isApplied && flags["forget"] === true) throw usageError("--apply and --forget contradict each other", HELP);
    const fpir = fpirOf(flags);
    const { config } = await loadConfig(text(flags, "config") ?? "", { env: context.env });
    if (config.search.verifik !== null) {
      throw usageError("the doors ask another search engine: its scores are its own", "set search.min_score for it");
    }
    const { openCalibration } = await import("#app-calibrate");
    await using desk = await openCalibration(config, context);
    for (const collection of collectionsOf(config, flags)) {
      if (flags["forget"] === true) {
        const had = await desk.forget(collection);
        context.print(`${collection}: ${had ? "forgotten; the safe default holds again" : "there was no calibration"}`);
      } else {
        await measureOne(desk, { collection, fpir, isApplied }, context, flags["json"] === true);
      }
    }
  },
};
