import type { Command } from "#commands/command";
import { cacheDir } from "#paths";

export const demo: Command = {
  name: "demo",
  summary: "plays people walking up to a door, with every part real: camera, broker, door controller, daemon",
  usage: ["[--once]"],
  flags: { once: { type: "boolean" } },
  async run(_words, flags, { env, print, write, isTerminal, signal }) {
    const { openQuietLog } = await import("#app");
    const { runDemo } = await import("#demo/run-demo");
    const once = flags["once"] === true;
    await runDemo({ cacheDir: cacheDir(env), env, once, print, write, isTerminal, logger: openQuietLog(), signal });
  },
};
