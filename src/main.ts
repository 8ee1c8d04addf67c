#!/usr/bin/env node
import { setMaxListeners } from "node:events";
import { askPerson } from "#commands/ask";
import { runCommand } from "#commands/table";
import { codeOf, exitCodeOf, LimenError, messageOf } from "#errors";

/** The only file that touches the process: arguments, signals, exit codes. */
const stop = new AbortController();
// Every camera, door and search listens to it; that is no leak.
setMaxListeners(0, stop.signal);

const onSignal = (): void => {
  // The first signal stops in order; whoever sends a second wants to be gone now.
  if (stop.signal.aborted) process.exit(130);
  stop.abort(new LimenError("LIMEN_INTERNAL", "stopped by a signal"));
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
// A reader that went away (`limen decisions | head`) is no fault.
process.stdout.on("error", () => process.exit(0));

function report(error: unknown): void {
  const hint = error instanceof LimenError && error.hint !== undefined ? `\n  what to do: ${error.hint}` : "";
  process.stderr.write(`limen: ${messageOf(error)} [${codeOf(error)}]${hint}\n`);
  if (!(error instanceof LimenError) && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
}

try {
  await runCommand(process.argv.slice(2), {
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    write: (text) => process.stdout.write(text),
    note: (line) => process.stderr.write(`${line}\n`),
    ask: (question, how) => askPerson(question, how?.hidden === true, process.stdin, process.stderr, stop.signal),
    onHangup: (listener) => void process.on("SIGHUP", listener),
    isTerminal: process.stdout.isTTY === true,
    signal: stop.signal,
  });
  process.exit(0);
} catch (error) {
  if (!stop.signal.aborted || codeOf(error) === "LIMEN_STOP_DEADLINE") report(error);
  process.exit(stop.signal.aborted && codeOf(error) !== "LIMEN_STOP_DEADLINE" ? 0 : exitCodeOf(error));
}
