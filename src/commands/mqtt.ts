import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CONFIG_FLAG, type Command, text, usageError } from "#commands/command";
import { loadConfig } from "#config/load";

/** Where Mosquitto looks on most systems. */
const USUAL_FOLDER = "/etc/mosquitto";

/** Writes all or none; what is there already stays as it is. Throws LIMEN_USAGE where there is something. */
async function writeAll(folder: string, files: readonly (readonly [name: string, content: string])[]): Promise<void> {
  const made: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) {
      await writeFile(join(folder, name), content, { flag: "wx", mode: 0o600 });
      made.push(name);
    }
  } catch (error) {
    for (const name of made) await rm(join(folder, name), { force: true });
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw usageError(
        `there is a ${join(folder, files[made.length]?.[0] ?? "")} already, and it is left as it is`,
        "move it away, or name another folder with --out",
      );
    throw error;
  }
}

export const mqtt: Command = {
  name: "mqtt",
  summary: "writes the broker's access rules and mosquitto.conf for this configuration",
  usage: ["acl [--out DIR] [--config FILE]"],
  about: [
    "Each door's controller, Home Assistant and whoever may confirm or ask gets an account of its own, with just the topics it needs.",
    "--out writes limen.acl and mosquitto.conf there, and never over what is there; without it both are printed, for /etc/mosquitto.",
  ],
  flags: { ...CONFIG_FLAG, out: { type: "string" } },
  async run(words, flags, { env, print, write, note }) {
    if (words.length !== 1 || words[0] !== "acl")
      throw usageError("limen mqtt takes one word: acl", "see: limen help mqtt");
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const { brokerFilesOf } = await import("#app-broker");
    const out = text(flags, "out");
    const folder = out === undefined ? USUAL_FOLDER : resolve(out);
    const { acl, conf, limen } = brokerFilesOf(config, folder);
    const files = [["limen.acl", acl] as const, ["mosquitto.conf", conf] as const];
    if (out === undefined) {
      for (const [name, content] of files) write(`# ---- ${join(folder, name)}\n${content}\n`);
    } else {
      await writeAll(folder, files);
      for (const [name] of files) print(`written: ${join(folder, name)}`);
    }
    note(
      "Read both, and make the passwords and the certificate they name (mosquitto.conf says how). They open nothing by themselves.",
    );
    if (config.mqtt.username === null && config.mqtt.cert === null)
      note(
        `warning: Limen has no account on the broker yet: write \`username: ${limen}\` and a password under \`mqtt\``,
      );
  },
};
