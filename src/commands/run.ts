import { CONFIG_FLAG, type Command, text } from "#commands/command";
import { loadConfig } from "#config/load";
import { formatProblems } from "#config/problem";

export const run: Command = {
  name: "run",
  summary: "watches the cameras and opens the doors, until it is stopped",
  usage: ["[--config FILE]"],
  about: [
    "It follows the configuration file: when it is saved, and at SIGHUP. limen check --against-running says what that would do.",
  ],
  flags: CONFIG_FLAG,
  async run(_words, flags, { env, write, note, isTerminal, signal, onHangup }) {
    const { openLog } = await import("#app");
    const { runFollowing } = await import("#app-reload");
    const configFile = text(flags, "config") ?? "";
    const loaded = await loadConfig(configFile, { env });
    const { config, warnings } = loaded;
    if (warnings.length > 0) note(`warning:\n${formatProblems(warnings)}`);
    const logger = openLog(config, { write, isTerminal });
    await runFollowing(configFile, loaded, { env, logger, tell: note, signal, onHangup });
  },
};
