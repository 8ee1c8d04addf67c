import fc from "fast-check";
import { expect, it } from "vitest";
import { addTo } from "#engine/kernel-dots";
import { type Code, i32, repeatWhile, returnValue, startAssembly, when } from "#engine/wasm-assembler";

/** Compiles one function (a, b) → i32. */
function compile(body: (a: Code, b: Code) => Code): (a: number, b: number) => number {
  const assembly = startAssembly();
  assembly.define({
    takes: { a: "i32", b: "i32" },
    gives: "i32",
    exportedAs: "run",
    body: ({ a, b }) => body(a.get, b.get),
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(assembly.bytes()), { env: { memory } }).exports;
  if (run === undefined) throw new Error("the export is missing");
  return (a, b) => run(a, b);
}

it("writes every 32-bit constant as itself", () => {
  const edges = [0, 1, -1, 63, 64, 127, 128, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...edges), fc.integer()), (value) => {
      expect(compile(() => i32.const(value))(0, 0)).toBe(value);
    }),
    { numRuns: 200 },
  );
});

it("compares addresses as unsigned, as they are above 2 GiB", () => {
  const below = compile((a, b) => i32.lessThan(a, b));
  expect(below(1, -1)).toBe(1);
  expect(below(-1, 1)).toBe(0);
});

it("branches, loops, calls and returns", () => {
  const assembly = startAssembly();
  const twice = assembly.define({ takes: { x: "i32" }, gives: "i32", body: ({ x }) => i32.add(x.get, x.get) });
  assembly.define({
    takes: { n: "i32" },
    gives: "i32",
    exportedAs: "sum",
    body: ({ n }, local) => {
      const [sum, i] = [local("i32"), local("i32")];
      return [
        ...when(i32.eq(n.get, i32.const(7)), returnValue(i32.const(-7))),
        ...repeatWhile(i32.lessThan(i.get, n.get), [...addTo(i, i32.const(1)), ...addTo(sum, twice.call(i.get))]),
        ...sum.get,
      ];
    },
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { sum } = new WebAssembly.Instance(new WebAssembly.Module(assembly.bytes()), { env: { memory } }).exports;
  expect([0, 1, 7, 100].map((n) => sum?.(n))).toEqual([0, 2, -7, 10_100]);
});
