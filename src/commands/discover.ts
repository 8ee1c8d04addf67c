import { CONFIG_FLAG, type Command, type CommandContext, text, usageError } from "#commands/command";
import { discoveryReport } from "#commands/discover-report";
import type { Config } from "#config/config";
import { loadConfig } from "#config/load";
import { formatProblems } from "#config/problem";
import { codeOf } from "#errors";

const HELP = "see: limen help discover";
const MOST_SECONDS = 120;

export const discover: Command = {
  name: "discover",
  summary: "searches the network for cameras (ONVIF) and shows what to write into the configuration",
  usage: ["[--seconds N] [--json] [--config FILE]"],
  about: [
    "Nobody is sent a password but the cameras that the configuration names by `onvif:`; those are asked for their streams.",
    "--seconds: how long to wait for answers, 1 to 120; default 5.",
  ],
  flags: { ...CONFIG_FLAG, json: { type: "boolean" }, seconds: { type: "string", default: "5" } },
  async run(words, flags, context) {
    if (words.length > 0) throw usageError("discover takes no words", HELP);
    const seconds = secondsOf(text(flags, "seconds") ?? "");
    const config = await configIfAny(text(flags, "config") ?? "", context);
    const { discover: search } = await import("#app-discover");
    const asJson = flags["json"] === true;
    const { note, print, signal } = context;
    note(`searching for cameras, ${seconds} s …`);
    const onFound = ({ address, make, model }: { address: string; make: string; model: string }): void =>
      note(`  ${[address, make, model].filter((word) => word !== "").join(" ")}`);
    const found = await search(config, { seconds, signal, onFound });
    if (asJson) print(JSON.stringify(found));
    else for (const line of discoveryReport(found)) print(line);
  },
};

function secondsOf(written: string): number {
  const seconds = Number(written);
  if (/^\d+(?:\.\d+)?$/.test(written) && seconds >= 1 && seconds <= MOST_SECONDS) return seconds;
  throw usageError(`--seconds takes a number from 1 to ${MOST_SECONDS}`, HELP);
}

/** A search is often the first thing done, before there is a configuration; one that names a file wants that file. */
async function configIfAny(file: string, { env, note }: CommandContext): Promise<Config | null> {
  try {
    const { config, warnings } = await loadConfig(file, { env });
    if (warnings.length > 0) note(`warning:\n${formatProblems(warnings)}`);
    return config;
  } catch (error) {
    if (codeOf(error) !== "LIMEN_CONFIG_MISSING" || file !== CONFIG_FLAG["config"]?.default) throw error;
    note("there is no configuration yet: every camera counts as new");
    return null;
  }
}
