import { createHmac } from "node:crypto";

/**
 * The controller's side of the signature rules, written from docs/mqtt.md alone and sharing no code with the gateway: that both
 * understand each other is what shows that the document is right.
 */

function macOf(context: string, topic: string, body: string, key: Uint8Array): string {
  const mac = createHmac("sha256", key);
  for (const part of [context, ".", topic, ".", body]) mac.update(part, "utf8");
  return mac.digest("base64url");
}

/** Takes as long for a wrong signature as for a right one, whatever the first difference is. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % Math.max(1, b.length));
  return difference === 0;
}

export type Fields = Readonly<Record<string, unknown>>;

function objectIn(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The fields of a command that was signed for this topic with this key; null for everything else. */
export function openCommand(message: string, topic: string, keyId: string, key: Uint8Array): Fields | null {
  const { v, kid, body, sig } = objectIn(message) ?? {};
  if (v !== 1 || kid !== keyId || typeof body !== "string" || typeof sig !== "string") return null;
  if (!sameText(sig, macOf("limen-cmd-1", topic, body, key))) return null;
  return objectIn(Buffer.from(body, "base64url").toString("utf8"));
}

/** An ack as it is published. */
export function sealAck(fields: Fields, topic: string, keyId: string, key: Uint8Array): string {
  const body = Buffer.from(JSON.stringify(fields), "utf8").toString("base64url");
  return JSON.stringify({ v: 1, kid: keyId, body, sig: macOf("limen-ack-1", topic, body, key) });
}
