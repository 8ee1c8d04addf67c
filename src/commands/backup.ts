import { CONFIG_FLAG, type Command, text, usageError } from "#commands/command";
import { loadConfig } from "#config/load";

export const backup: Command = {
  name: "backup",
  summary: "copies people and decisions into a file, beside a running Limen",
  usage: ["FILE [--config FILE]"],
  about: [
    "The copy is of one moment, whole, and holds no traces of what was deleted. It holds faces: keep it as safe as the database.",
    "docs/operations.md says how it is restored.",
  ],
  flags: CONFIG_FLAG,
  async run(words, flags, { env, print }) {
    const [file, ...more] = words;
    if (file === undefined || more.length > 0)
      throw usageError("limen backup takes one file name", "limen help backup");
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const { backUp } = await import("#app-offline");
    const { people, decisions, bytes } = backUp(config, file);
    print(`${file}: ${people} people, ${decisions} decisions, ${Math.ceil(bytes / 2 ** 20)} MB`);
  },
};
