import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type Instant, instant } from "#core/instant";
import { DOOR_MODES } from "#core/policy";
import type { ModeWish } from "#core/standing-mode";

/** What others send to have a door opened or changed, read as strictly as it was documented. */

/** Longest message that is read, bytes. */
const MAX_BYTES = 2048;
const CONTEXT = "limen-req-1";

const envelope = z.object({
  v: z.literal(1),
  kid: z.string().min(1).max(64),
  body: z.string().min(1).max(1024),
  sig: z.string().length(43),
});
const when = z
  .int()
  .min(0)
  .transform((ms): Instant => instant(ms));
const requestBody = z.object({ id: z.string().min(1).max(64), door: z.string().min(1).max(64), iat: when, exp: when });
const wordWithTime = z.object({ a: z.string().max(16), t: z.number().positive() });

export interface SignedRequest extends z.infer<typeof requestBody> {
  readonly kid: string;
}

function textOf(payload: Uint8Array): string | null {
  if (payload.length > MAX_BYTES) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return null;
  }
}

function jsonIn(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** base64url of HMAC-SHA256 over context, topic and body. */
export function requestSignature(key: Uint8Array, topic: string, body: string): string {
  return createHmac("sha256", key).update(`${CONTEXT}.${topic}.${body}`).digest("base64url");
}

/** The request in a signed message on this topic; null for everything that is not one, or whose signature is wrong. */
export function signedRequest(
  payload: Uint8Array,
  topic: string,
  keys: ReadonlyMap<string, Uint8Array>,
): SignedRequest | null {
  const outer = envelope.safeParse(jsonIn(textOf(payload))).data;
  const key = outer && keys.get(outer.kid);
  if (outer === undefined || key === undefined) return null;
  const wanted = Buffer.from(requestSignature(key, topic, outer.body));
  const given = Buffer.from(outer.sig);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const inner = requestBody.safeParse(jsonIn(textOf(Buffer.from(outer.body, "base64url")))).data;
  return inner === undefined ? null : { ...inner, kid: outer.kid };
}

/** `UNLOCK`, `OPEN` or `LOCK`, bare or as `{"a":"UNLOCK","t":<seconds since 1970>}`. Null for everything else. */
export function lockWish(
  payload: Uint8Array,
): { readonly wish: "unlock" | "lock"; readonly madeAt: Instant | null } | null {
  const text = textOf(payload);
  const dated = wordWithTime.safeParse(jsonIn(text)).data;
  const word = dated?.a ?? text;
  if (word !== "UNLOCK" && word !== "OPEN" && word !== "LOCK") return null;
  const madeAt = dated === undefined ? null : instant(Math.round(dated.t * 1000));
  return { wish: word === "LOCK" ? "lock" : "unlock", madeAt };
}

/** A mode's name on `mode/set`, ON or OFF on the other two. Null for everything else. */
export function modeWish(payload: Uint8Array, kind: ModeWish["kind"]): ModeWish | null {
  const text = textOf(payload);
  if (kind === "mode") {
    const mode = DOOR_MODES.find((name) => name === text);
    return mode === undefined ? null : { kind, mode };
  }
  return text === "ON" || text === "OFF" ? { kind, on: text === "ON" } : null;
}
