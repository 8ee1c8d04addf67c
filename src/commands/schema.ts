import type { Command } from "#commands/command";
import { configJsonSchema } from "#config/json-schema";
import { configReference } from "#config/reference";

export const schema: Command = {
  name: "schema",
  summary: "prints the JSON Schema of the configuration file (editors complete and check with it)",
  usage: ["[--reference]"],
  about: ["--reference prints all keys as a Markdown page instead."],
  flags: { reference: { type: "boolean" } },
  async run(_words, flags, { print }) {
    print(flags["reference"] === true ? configReference().trimEnd() : JSON.stringify(configJsonSchema(), null, 2));
  },
};
