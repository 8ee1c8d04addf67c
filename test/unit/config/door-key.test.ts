import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDoorKey } from "#config/door-key";

const random = fc.uint8Array({ minLength: 32, maxLength: 64 }).filter((bytes) => new Set(bytes).size >= 20);

describe("a controller's key", () => {
  it("is read from hex and from base64url, with and without padding", () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const buffer = Buffer.from(bytes);
        const base64url = buffer.toString("base64url");
        for (const text of [buffer.toString("hex"), buffer.toString("hex").toUpperCase(), base64url]) {
          expect(decodeDoorKey(text)).toEqual(bytes);
        }
        expect(decodeDoorKey(base64url.padEnd(Math.ceil(base64url.length / 4) * 4, "="))).toEqual(bytes);
      }),
    );
  });

  it.each([
    ["", "hex or base64url"],
    ["correct horse battery staple, twice over, as always", "hex or base64url"],
    ["0123456789abcdef0123456789abcdef", "too short: 16 bytes"],
    ["deadbeef".repeat(8), "not random"],
    ["00".repeat(32), "not random"],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString("hex"), "not random"],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i)).toString("base64url"), "not random"],
    ["ab".repeat(1025), "too long"],
  ])("%j is refused: %s", (text, why) => {
    const refusal = decodeDoorKey(text);
    expect(refusal).toContain(why);
    if (text.length > 8) expect(refusal).not.toContain(text);
  });
});
