import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withDoorMode } from "#config/door-mode";
import { type LoadOptions, loadConfig } from "#config/load";
import { readText } from "#config/read-text";
import type { DoorMode } from "#core/policy";
import { LimenError, messageOf } from "#errors";

/**
 * Changes a door's mode in the configuration file, and nothing else in it. The new file is read as Limen would before it takes the old
 * one's place, in one step. Throws LIMEN_CONFIG_*: then the file is as it was.
 */
export async function writeDoorMode(file: string, door: string, mode: DoorMode, options: LoadOptions): Promise<void> {
  const before = await readText(file);
  const text = withDoorMode(before.text, door, mode);
  const byHand = (why: string, cause?: unknown): LimenError =>
    new LimenError("LIMEN_CONFIG_UNREADABLE", `${file} could not be changed: ${why}`, {
      hint: `write "mode: ${mode}" under doors.${door} by hand`,
      cause,
    });
  if (text === null) throw byHand("the place was not found");
  const draft = join(dirname(file), `.${basename(file)}.new`);
  try {
    await writeFile(draft, text, { mode: before.mode, flush: true });
    await chmod(draft, before.mode);
    const { config } = await loadConfig(draft, options);
    if (config.doors.find(({ id }) => id === door)?.mode !== mode) throw byHand("the place was not found");
    await rename(draft, file);
  } catch (error) {
    throw error instanceof LimenError ? error : byHand(messageOf(error), error);
  } finally {
    await rm(draft, { force: true });
  }
}
