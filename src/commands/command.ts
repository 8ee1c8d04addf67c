import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "#core/nearest";
import { LimenError } from "#errors";

/** What a command may know of the world; main fills it in, tests fill in their own. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line for people or programs to read: the result. */
  readonly print: (line: string) => void;
  /** Raw output (a screen that is drawn over). */
  readonly write: (text: string) => void;
  /** A line about the work itself: progress, warnings. */
  readonly note: (line: string) => void;
  /**
   * Asks a person and waits for the line they type; null when nobody can answer (the input has ended). Absent = nobody is there. `hidden` = what they type is
   * not shown.
   */
  readonly ask?: (question: string, how?: { readonly hidden?: boolean }) => Promise<string | null>;
  /** Calls back at each SIGHUP. Absent = nobody sends any. */
  readonly onHangup?: (listener: () => void) => void;
  readonly isTerminal: boolean;
  /** Aborts at SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

export type Flags = NonNullable<ParseArgsConfig["options"]>;
export type FlagValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One thing `limen` can do. Heavy parts (models, database, broker) are imported by `run`, so that typing mistakes answer at once. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What comes after the name, one line a form. */
  readonly usage: readonly string[];
  /** What else help says, a sentence a line. */
  readonly about?: readonly string[];
  readonly flags: Flags;
  readonly run: (words: readonly string[], flags: FlagValues, context: CommandContext) => Promise<void>;
}

export const CONFIG_FLAG: Flags = { config: { type: "string", short: "c", default: "config/limen.yaml" } };

/** A string flag's value. */
export function text(flags: FlagValues, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** Every value of a flag that may be given several times. */
export function texts(flags: FlagValues, name: string): string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function usageError(message: string, hint: string): LimenError {
  return new LimenError("LIMEN_USAGE", message, { hint });
}

/** " (did you mean "x"?)" for a word nobody knows, or nothing. */
export function suggestion(
  word: string,
  known: readonly string[],
  dressed: (word: string) => string = (w) => w,
): string {
  const close = nearest(word, known);
  return close === null ? "" : ` (did you mean "${dressed(close)}"?)`;
}

/** Splits a command's arguments into words and flags. Throws LIMEN_USAGE naming the nearest flag. */
export function parseWords(command: Command, args: readonly string[]): { words: string[]; flags: FlagValues } {
  const help = `see: limen help ${command.name}`;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: command.flags, allowPositionals: true });
    return { words: positionals, flags: values };
  } catch (error) {
    const unknown = /^Unknown option '(-[^' ]+)/.exec(error instanceof Error ? error.message : "")?.[1];
    if (unknown === undefined) {
      throw usageError(
        error instanceof Error ? (error.message.split("\n")[0] ?? "") : "the arguments make no sense",
        help,
      );
    }
    const near = suggestion(unknown.replace(/^-+/, ""), Object.keys(command.flags), (word) => `--${word}`);
    throw usageError(`limen ${command.name} has no flag ${unknown}${near}`, help);
  }
}
