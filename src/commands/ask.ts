import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";

let lines: { readonly reader: Interface; readonly next: AsyncIterator<string>; mute: boolean } | null = null;

/**
 * Asks and waits for one line, which is trimmed; null when the input has ended or the signal aborts. A hidden answer is not shown while it
 * is typed. One reader for all questions: lines that were sent ahead, by a pipe, are not lost.
 */
export async function askPerson(
  question: string,
  hidden: boolean,
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<string | null> {
  lines ??= openLines(input, output);
  const { reader, next } = lines;
  output.write(question);
  lines.mute = hidden;
  const abort = (): void => reader.close();
  signal.addEventListener("abort", abort, { once: true });
  try {
    const { value, done } = await next.next();
    return done === true ? null : value.trim();
  } finally {
    signal.removeEventListener("abort", abort);
    if (hidden && input.isTTY === true) output.write("\n");
    lines.mute = false;
  }
}

function openLines(input: NodeJS.ReadableStream & { readonly isTTY?: boolean }, output: NodeJS.WritableStream) {
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (lines?.mute !== true) output.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input, output: echo, terminal: input.isTTY === true });
  return { reader, next: reader[Symbol.asyncIterator](), mute: false };
}
