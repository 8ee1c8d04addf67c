import { type Command, usageError } from "#commands/command";
import { cacheDir } from "#paths";

export const demo: Command = {
  name: "demo",
  summary: "plays people walking up to a door, with every part real: camera, broker, door controller, daemon",
  usage: ["[--once] [--engine local|verifik] [--door limen_native|tasmota|shelly_gen2|zigbee2mqtt_lock|esphome_lock]"],
  flags: {
    once: { type: "boolean" },
    engine: { type: "string", default: "local" },
    door: { type: "string", default: "limen_native" },
  },
  async run(_words, flags, { env, print, write, isTerminal, signal }) {
    const { openQuietLog } = await import("#app");
    const { runDemo } = await import("#demo/run-demo");
    const engine = flags["engine"];
    if (engine !== "local" && engine !== "verifik") {
      throw usageError(
        "--engine is local (the daemon searches) or verifik (it asks a search server)",
        "see: limen help demo",
      );
    }
    const { DEMO_CONTROLLERS } = await import("#demo/site");
    const controller = DEMO_CONTROLLERS.find((kind) => kind === flags["door"]);
    if (controller === undefined)
      throw usageError(`--door is one of ${DEMO_CONTROLLERS.join(", ")}`, "see: limen help demo");
    const once = flags["once"] === true;
    await runDemo({
      cacheDir: cacheDir(env),
      env,
      once,
      engine,
      controller,
      print,
      write,
      isTerminal,
      logger: openQuietLog(),
      signal,
    });
  },
};
