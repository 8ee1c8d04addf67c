import { CONFIG_FLAG, type Command, text } from "#commands/command";
import { loadConfig } from "#config/load";
import { formatProblems } from "#config/problem";

export const run: Command = {
  name: "run",
  summary: "watches the cameras and opens the doors, until it is stopped",
  usage: ["[--config FILE]"],
  flags: CONFIG_FLAG,
  async run(_words, flags, { env, write, note, isTerminal, signal }) {
    const { openApp, openLog } = await import("#app");
    const configFile = text(flags, "config") ?? "";
    const { config, warnings } = await loadConfig(configFile, { env });
    if (warnings.length > 0) note(`warning:\n${formatProblems(warnings)}`);
    const app = await openApp(config, {
      env,
      logger: openLog(config, { write, isTerminal }),
      tell: note,
      configFile,
      signal,
    });
    await app.untilStopped();
  },
};
