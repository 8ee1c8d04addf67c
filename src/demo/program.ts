import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { LimenError } from "#errors";

export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Exit code once it has ended; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Its last words on standard error, bounded. */
  lastWords(): string;
}

export interface ProgramOptions {
  /** Script and arguments, for this same Node. Never a secret: every user can read a command line. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Written to its standard input. */
  readonly input?: string;
  readonly onLine?: (line: string) => void;
}

const LAST_WORDS = 2000;
const STOP_MS = 11_000;

/** Runs a Node program of Limen's own as a child. Disposing of it asks it to stop, and ends it when it does not. */
export function startProgram(options: ProgramOptions): Program {
  const child = spawn(process.execPath, ["--enable-source-maps", ...options.args], {
    env: options.env,
    stdio: ["pipe", "pipe", "pipe"],
    // A Ctrl-C in the terminal reaches the demo alone, which then stops its parts in order.
    detached: true,
  });
  let words = "";
  child.stderr.on("data", (chunk) => {
    words = (words + String(chunk)).slice(-LAST_WORDS);
  });
  createInterface({ input: child.stdout }).on("line", (line) => options.onLine?.(line));
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
    child.once("error", (error) => {
      words = error.message;
      resolve(1);
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    lastWords: () => words.trim(),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Runs one to its end and gives back what it printed. Throws LIMEN_DEMO_FAILED with its last words when it fails. */
export async function runProgram(what: string, options: Omit<ProgramOptions, "onLine">): Promise<string> {
  const lines: string[] = [];
  await using program = startProgram({ ...options, onLine: (line) => lines.push(line) });
  if ((await program.ended) === 0) return lines.join("\n");
  throw new LimenError("LIMEN_DEMO_FAILED", `${what} failed: ${program.lastWords()}`);
}
