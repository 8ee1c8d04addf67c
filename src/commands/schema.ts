import type { Command } from "#commands/command";
import { configJsonSchema } from "#config/json-schema";

export const schema: Command = {
  name: "schema",
  summary: "prints the JSON Schema of the configuration file (editors complete and check with it)",
  usage: [""],
  flags: {},
  async run(_words, _flags, { print }) {
    print(JSON.stringify(configJsonSchema(), null, 2));
  },
};
