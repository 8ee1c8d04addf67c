import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { openChunkRelease } from "#adapters/ffmpeg/chunk-memory";

const MB = 2 ** 20;

test("frees a chunk's memory, held or not, the first ones as soon as the port has closed, later ones at once", async () => {
  const release = openChunkRelease();
  const held: Buffer[] = []; // what is held, no garbage collector takes
  const before = process.memoryUsage().arrayBuffers;
  const grownBy = () => process.memoryUsage().arrayBuffers - before;
  const releaseSome = () => {
    for (let i = 0; i < 32; i++) {
      const chunk = Buffer.allocUnsafeSlow(MB).fill(i);
      release(chunk);
      held.push(chunk);
    }
  };
  releaseSome();
  const giveUpAt = Date.now() + 10_000;
  while (grownBy() >= 8 * MB && Date.now() < giveUpAt) await delay(5);
  expect(grownBy()).toBeLessThan(8 * MB);
  releaseSome();
  expect(grownBy()).toBeLessThan(8 * MB);
  expect(held.every(({ length }) => length === 0)).toBe(true);
});

test("leaves a part of a larger buffer alone", () => {
  const whole = Buffer.allocUnsafeSlow(8).fill(7);
  openChunkRelease()(whole.subarray(2, 5));
  expect([...whole]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
});
