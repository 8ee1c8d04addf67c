import { thresholdLine } from "#commands/calibration-report";
import { CONFIG_FLAG, type Command, text, usageError } from "#commands/command";
import { otherModelsLine } from "#commands/other-models";
import type { Config } from "#config/config";
import { changesBetween } from "#config/diff";
import { loadConfig } from "#config/load";
import type { Plain } from "#config/plain";
import { formatProblems } from "#config/problem";
import { summariseConfig } from "#config/summary";
import { messageOf } from "#errors";
import { planLines, planReload } from "#reload";

/** What taking this file into use would change. Throws LIMEN_USAGE where no daemon runs. */
async function planAgainstRunning(config: Config, plain: Plain): Promise<string[]> {
  const { readRunningConfig, readStatus } = await import("#app-offline");
  const running = (await readStatus(config)) === null ? null : await readRunningConfig(config);
  if (running === null)
    throw usageError("no Limen runs on this data folder, so there is nothing to compare with", "limen run starts it");
  return planLines(planReload(changesBetween(running, plain)));
}

export const check: Command = {
  name: "check",
  summary: "reads the configuration and says what it means, or what is wrong with it and where",
  usage: ["[--against-running] [--config FILE]"],
  about: [
    "--against-running: what would change in the daemon that runs, and what would open anew for it. Secrets are not compared.",
  ],
  flags: { ...CONFIG_FLAG, "against-running": { type: "boolean" } },
  async run(_words, flags, { env, print, note }) {
    const file = text(flags, "config") ?? "";
    const { config, warnings, plain } = await loadConfig(file, { env });
    for (const line of summariseConfig(config)) print(line);
    if (warnings.length > 0) note(`warning:\n${formatProblems(warnings)}`);
    const { unsearchablePeople } = await import("#app-offline");
    const unsearchable = await unsearchablePeople(config).then(otherModelsLine, messageOf);
    if (unsearchable !== null) note(`warning: ${unsearchable}`);
    const { accessDoubts } = await import("#app-access");
    // A database that cannot be read has been told of just now.
    for (const doubt of await accessDoubts(config).catch(() => [])) note(`warning: ${doubt}`);
    const { thresholdsInForce } = await import("#app-calibrate");
    for (const one of await thresholdsInForce(config).catch(() => [])) print(`search  ${thresholdLine(one)}`);
    const { uncheckableAt } = await import("#app-doors");
    for (const { door, words } of uncheckableAt(config)) print(`unsure  ${door}: ${words}`);
    print(`${file}: good`);
    if (flags["against-running"] === true) for (const line of await planAgainstRunning(config, plain)) print(line);
  },
};
