import { type FlagValues, text, usageError } from "#commands/command";
import { parseDuration } from "#config/units";

/** Milliseconds of `--since 7d`. Throws LIMEN_USAGE. */
export function sinceOf(flags: FlagValues, command: string): number {
  const ms = parseDuration(text(flags, "since") ?? "");
  if (ms === null || ms === 0)
    throw usageError("--since takes a time such as 90m, 12h or 7d", `see: limen help ${command}`);
  return ms;
}

/** The door of `--door`, which the config must have. Throws LIMEN_USAGE naming those there are. */
export function knownDoor<T extends { readonly id: string }>(doors: readonly T[], wanted: string, command: string): T {
  const door = doors.find(({ id }) => id === wanted);
  if (door !== undefined) return door;
  const known = doors.map(({ id }) => id).join(", ");
  throw usageError(`the configuration has no door "${wanted}"; it has ${known}`, `see: limen help ${command}`);
}
