import { expect, it } from "vitest";
import { defineTouching } from "#engine/kernel-touching";
import { startAssembly } from "#engine/wasm-assembler";

it("touching memory changes nothing in it, and stays inside it", () => {
  const assembly = startAssembly();
  defineTouching(assembly, "touch");
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembly.bytes()), { env: { memory } });
  const numbers = new Uint32Array(memory.buffer);
  for (let i = 0; i < numbers.length; i++) numbers[i] = i * 2_654_435_761;
  numbers.set([64, memory.buffer.byteLength]);
  const before = numbers.slice();
  expect(exports["touch"]?.(0)).toBe(0);
  expect(numbers).toEqual(before);
  numbers[1] = memory.buffer.byteLength + 4096;
  expect(() => exports["touch"]?.(0)).toThrow("out of bounds");
});
