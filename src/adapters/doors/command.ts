import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/**
 * Messages of the native door protocol (docs/mqtt.md), as bytes and signatures only. A body is signed as the very text that
 * travels, so nothing depends on how JSON is written; the topic is signed with it, so what is meant for one door opens no other.
 */

/** Shortest key, bytes: HMAC-SHA256 keeps its strength only with a key as long as its output (RFC 2104, section 3). */
export const MIN_KEY_BYTES = 32;
/** Longer messages are not looked at. */
const MAX_MESSAGE_BYTES = 2048;

export interface CommandBody {
  readonly id: string;
  readonly ctl: string;
  readonly act: "pulse";
  readonly pulse_ms: number;
  /** Wall clock ms of issue, and after which it is void. */
  readonly iat: number;
  readonly exp: number;
  readonly seq: number;
  /** The controller's own, from its last hello or ack; good once. */
  readonly nonce: string;
  readonly decision: string;
}

export interface SigningKey {
  readonly keyId: string;
  readonly key: Uint8Array;
}

type Purpose = "limen-cmd-1" | "limen-ack-1";

function signatureOf(purpose: Purpose, topic: string, body: string, key: Uint8Array): string {
  return createHmac("sha256", key).update(`${purpose}.${topic}.${body}`).digest("base64url");
}

/** The message to publish on `topic`: version, key id, body and signature, all text. */
export function signCommand(command: CommandBody, topic: string, { keyId, key }: SigningKey): string {
  const body = Buffer.from(JSON.stringify(command)).toString("base64url");
  return JSON.stringify({ v: 1, kid: keyId, body, sig: signatureOf("limen-cmd-1", topic, body, key) });
}

const TOKEN = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);
const WORD = z.string().regex(/^[a-z_]{1,32}$/);
const ENVELOPE = z.object({ v: z.literal(1), kid: z.string().max(64), body: z.string(), sig: z.string() });
const ACK = z.object({
  id: TOKEN,
  ctl: z.string().max(64),
  st: z.enum(["done", "refused", "relocked", "request_to_exit", "opened", "shut"]),
  why: WORD,
  boot: TOKEN,
  next_nonce: TOKEN,
});
const HELLO = z.object({ v: z.literal(1), boot: TOKEN, nonce: TOKEN, pulse_max_ms: z.number().int().positive() });

export type Ack = z.infer<typeof ACK>;
export type Hello = z.infer<typeof HELLO>;

/** Why a controller's message was not believed. */
export type AckFault = "too_long" | "malformed" | "unknown_key" | "bad_signature" | "other_controller";

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads an ack and believes it only with a right signature for this topic and controller. */
export function readAck(
  payload: Uint8Array,
  expected: SigningKey & { readonly topic: string; readonly controller: string },
): { ack: Ack } | { fault: AckFault } {
  if (payload.length > MAX_MESSAGE_BYTES) return { fault: "too_long" };
  const envelope = ENVELOPE.safeParse(parseJson(Buffer.from(payload).toString("utf8")));
  if (!envelope.success) return { fault: "malformed" };
  const { kid, body, sig } = envelope.data;
  if (kid !== expected.keyId) return { fault: "unknown_key" };
  const right = Buffer.from(signatureOf("limen-ack-1", expected.topic, body, expected.key));
  const given = Buffer.from(sig);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return { fault: "bad_signature" };
  const ack = ACK.safeParse(parseJson(Buffer.from(body, "base64url").toString("utf8")));
  if (!ack.success) return { fault: "malformed" };
  return ack.data.ctl === expected.controller ? { ack: ack.data } : { fault: "other_controller" };
}

/**
 * Reads a hello; null when it is none. It is not signed and need not be: a forged one holds a nonce its controller never gave,
 * and a command with that is refused.
 */
export function readHello(payload: Uint8Array): Hello | null {
  if (payload.length > MAX_MESSAGE_BYTES) return null;
  const hello = HELLO.safeParse(parseJson(Buffer.from(payload).toString("utf8")));
  return hello.success ? hello.data : null;
}
