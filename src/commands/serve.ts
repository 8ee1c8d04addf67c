import { CONFIG_FLAG, type Command, text } from "#commands/command";
import { loadConfig } from "#config/load";
import { formatProblems } from "#config/problem";

export const serve: Command = {
  name: "serve",
  summary: "answers the search API alone, without cameras or doors, until it is stopped",
  usage: ["[--config FILE]"],
  flags: CONFIG_FLAG,
  async run(_words, flags, { env, write, note, isTerminal, signal }) {
    const { openLog } = await import("#app");
    const api = await import("#app-serve");
    const { config, warnings } = await loadConfig(text(flags, "config") ?? "", { env });
    if (warnings.length > 0) note(`warning:\n${formatProblems(warnings)}`);
    await api.serve(config, { env, logger: openLog(config, { write, isTerminal }), signal });
  },
};
