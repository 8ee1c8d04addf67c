/** A controller's key must be as strong as the signature made with it: HMAC-SHA256 wants 32 bytes (RFC 2104, section 3). */
const MIN_BYTES = 32;
const MAX_BYTES = 1024;

/** 32 random bytes hold about 30 different ones; fewer than 16 happens less than once in 10^12 tries. */
const MIN_DIFFERENT_BYTES = 16;

const HOW = "make one with: openssl rand -hex 32";

/** Bytes of a key written in hex or base64url, or a sentence part that says what is wrong (never the key). */
export function decodeDoorKey(text: string): Uint8Array | string {
  const bytes = bytesOf(text);
  if (bytes === null) return `must be written in hex or base64url; ${HOW}`;
  if (bytes.length < MIN_BYTES) return `is too short: ${bytes.length} bytes, at least ${MIN_BYTES} are needed; ${HOW}`;
  if (bytes.length > MAX_BYTES) return `is too long: at most ${MAX_BYTES} bytes`;
  if (isGuessable(bytes)) return `is not random, so it can be guessed; ${HOW}`;
  return bytes;
}

function bytesOf(text: string): Uint8Array | null {
  if (/^[0-9a-fA-F]+$/.test(text) && text.length % 2 === 0) return Uint8Array.from(Buffer.from(text, "hex"));
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(text)) return null;
  const digits = text.replace(/=+$/, "");
  // One digit left over holds no whole byte: something was cut off.
  return digits.length % 4 === 1 ? null : Uint8Array.from(Buffer.from(digits, "base64url"));
}

function isGuessable(bytes: Uint8Array): boolean {
  if (new Set(bytes).size < MIN_DIFFERENT_BYTES) return true;
  const steps = new Set<number>();
  for (let i = 1; i < bytes.length; i += 1) steps.add(((bytes[i] ?? 0) - (bytes[i - 1] ?? 0)) & 0xff);
  return steps.size === 1;
}
