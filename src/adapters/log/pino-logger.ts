import { type DestinationStream, type Logger as Pino, pino } from "pino";
import type { Logger } from "#ports/logger";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A last net under fields that should never be logged at all. */
const REDACTED = ["password", "key", "token", "secret", "url", "template", "embedding"];

function wrap(sink: Pino): Logger {
  return {
    debug: (fields, message) => sink.debug(fields, message),
    info: (fields, message) => sink.info(fields, message),
    warn: (fields, message) => sink.warn(fields, message),
    error: (fields, message) => sink.error(fields, message),
    child: (fields) => wrap(sink.child(fields)),
  };
}

const NAMES: Readonly<Record<number, string>> = { 20: "debug", 30: "info", 40: "WARN", 50: "ERROR" };

/** One JSON line of the log as a person reads it: time, level, message, then the fields. */
function readable(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = typeof time === "string" ? time.slice(11, 23) : "";
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  return `${clock} ${(NAMES[Number(level)] ?? "").padEnd(5)} ${String(msg)}${rest === "" ? "" : `  ${rest}`}\n`;
}

/** JSON lines on stdout for journald and friends; on a terminal, lines for people. */
export function createPinoLogger(options: {
  level: LogLevel;
  readable: boolean;
  write: (text: string) => void;
}): Logger {
  const destination: DestinationStream = { write: (line) => options.write(options.readable ? readable(line) : line) };
  return wrap(
    pino(
      {
        level: options.level,
        timestamp: pino.stdTimeFunctions.isoTime,
        base: null,
        redact: { paths: REDACTED, censor: "[redacted]" },
      },
      destination,
    ),
  );
}
