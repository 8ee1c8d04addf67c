import { CONFIG_FLAG, type Command, text, usageError } from "#commands/command";
import { loadConfig } from "#config/load";

export const consoleLink: Command = {
  name: "console-link",
  summary: "makes a link by which the owner's password for the console is set, anew if it was lost",
  usage: ["[--config FILE]"],
  about: ["The link is good for an hour and once. Setting the password ends the owner's sessions."],
  flags: CONFIG_FLAG,
  async run(_words, flags, { env, print }) {
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    if (config.http === null) throw usageError("there is no console", "add `http: {}` to the configuration");
    if (config.http.password !== null)
      throw usageError("the owner's password stands in the configuration", "change it there: http.password");
    const { newConsoleLink } = await import("#app-accounts");
    print(await newConsoleLink(config, config.http));
  },
};
