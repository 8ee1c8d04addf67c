import type { Context } from "hono";
import { ApiError, invalid } from "#adapters/http/api-error";

const READ_WITHOUT_TYPE = new Set(["application/json", ""]);

/**
 * The JSON a request carries; undefined for an empty body, whatever its content type says. Reads at most `maxBytes`, whatever
 * length the request announces. Throws 413, 415 (not JSON, or compressed), 400 (not well-formed).
 */
export async function readJson(c: Context, maxBytes: number): Promise<unknown> {
  const tooLarge = () =>
    new ApiError(413, "body_too_large", `the request is over ${Math.floor(maxBytes / 1024 / 1024)} MiB`);
  const announced = Number(c.req.header("content-length") ?? 0);
  if (announced > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // A failed stream is a client that went away or lied about its length; nobody reads the answer.
  const reader = c.req.raw.body?.getReader();
  for (;;) {
    const chunk = await reader?.read().catch(() => {
      throw invalid("the request's body was cut short", "body_incomplete");
    });
    if (chunk?.value === undefined) break;
    size += chunk.value.byteLength;
    if (size > maxBytes) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(chunk.value);
  }
  if (size === 0) return undefined;
  const type = (c.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const encoding = c.req.header("content-encoding") ?? "identity";
  if (!(READ_WITHOUT_TYPE.has(type) || /^application\/[a-z.]+\+json$/.test(type)) || encoding !== "identity") {
    throw new ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "send the request as uncompressed application/json");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw invalid("the request is not well-formed JSON", "malformed_json");
  }
}
