import { arm } from "#commands/arm";
import { backup } from "#commands/backup";
import { calibrate } from "#commands/calibrate";
import { check } from "#commands/check";
import type { Command, CommandContext } from "#commands/command";
import { parseWords, suggestion, usageError } from "#commands/command";
import { consoleLink } from "#commands/console-link";
import { decisions } from "#commands/decisions";
import { demo } from "#commands/demo";
import { discover } from "#commands/discover";
import { doctor } from "#commands/doctor";
import { explain } from "#commands/explain";
import { init } from "#commands/init";
import { label } from "#commands/label";
import { mqtt } from "#commands/mqtt";
import { people } from "#commands/people";
import { replay } from "#commands/replay";
import { run } from "#commands/run";
import { schema } from "#commands/schema";
import { serve } from "#commands/serve";
import { status } from "#commands/status";
import { VERSION } from "#version";

const COMMANDS: readonly Command[] = [
  init,
  run,
  serve,
  check,
  discover,
  doctor,
  people,
  decisions,
  label,
  replay,
  arm,
  explain,
  calibrate,
  backup,
  status,
  demo,
  schema,
  mqtt,
  consoleLink,
];

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    `limen ${VERSION}: opens doors for the people it recognises`,
    "",
    "usage: limen COMMAND [WORDS] [--config FILE]",
    "",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "limen help COMMAND tells more of one.",
  ].join("\n");
}

function helpFor(command: Command): string {
  return [
    command.summary,
    "",
    ...command.usage.map((form) => `usage: limen ${command.name}${form === "" ? "" : ` ${form}`}`),
    ...(command.about === undefined ? [] : ["", ...command.about]),
  ].join("\n");
}

function find(name: string): Command {
  const command = COMMANDS.find((known) => known.name === name);
  if (command !== undefined) return command;
  const near = suggestion(name, [...COMMANDS.map((known) => known.name), "help"]);
  throw usageError(`there is no command "${name}"${near}`, "limen help lists the commands");
}

/** Runs the command that the arguments name. Throws LimenError; LIMEN_USAGE when they name none. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    context.print(rest[0] === undefined ? overview() : helpFor(find(rest[0])));
    return;
  }
  if (name === "--version" || name === "-v" || name === "version") {
    context.print(VERSION);
    return;
  }
  const command = find(name);
  if (rest.includes("--help") || rest.includes("-h")) {
    context.print(helpFor(command));
    return;
  }
  const { words, flags } = parseWords(command, rest);
  await command.run(words, flags, context);
}
