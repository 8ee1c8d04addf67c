import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Dispatcher } from "undici";
import { protocolFault } from "#adapters/verifik/answer";

const unzip = promisify(gunzip);

/** Largest answer, as it travels and unpacked: a hundred people with thumbnails stay well below. */
const MAX_ANSWER_BYTES = 2_000_000;

function tooLarge(): never {
  throw protocolFault(`is larger than ${MAX_ANSWER_BYTES} bytes`);
}

async function unpack(bytes: Buffer, encoding: unknown): Promise<Buffer> {
  if (encoding === undefined || encoding === "" || encoding === "identity") return bytes;
  if (encoding !== "gzip" && encoding !== "x-gzip") throw protocolFault("is packed in a way that was not asked for");
  try {
    // Stops unpacking at the limit, so that a few bytes cannot become gigabytes.
    return await unzip(bytes, { maxOutputLength: MAX_ANSWER_BYTES });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    return code === "ERR_BUFFER_TOO_LARGE" ? tooLarge() : Promise.reject(protocolFault("is packed badly or cut short"));
  }
}

/** Closes the connection an answer nobody wants comes on. */
export function discard(response: Dispatcher.ResponseData): void {
  // Destroying it makes the stream report an abort, which would end the process if nobody listened.
  response.body.on("error", () => {}).destroy();
}

/**
 * The text of an answer, read to its end and unpacked. Throws LIMEN_ENGINE_PROTOCOL for one that is too large, badly packed or no
 * UTF-8, and whatever the connection throws when it breaks.
 */
export async function readText(response: Dispatcher.ResponseData): Promise<string> {
  if (Number(response.headers["content-length"] ?? 0) > MAX_ANSWER_BYTES) {
    discard(response);
    return tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // Leaving the loop closes the connection, so nothing more is received.
    if (size > MAX_ANSWER_BYTES) tooLarge();
    chunks.push(chunk);
  }
  const bytes = await unpack(Buffer.concat(chunks, size), response.headers["content-encoding"]);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw protocolFault("is not UTF-8");
  }
}
