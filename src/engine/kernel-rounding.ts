import { addTo } from "#engine/kernel-dots";
import { entry, float32Row, int8Row, shift } from "#engine/kernel-judge";
import { BLOCK, PIECE_BYTES, WOVEN } from "#engine/kernel-layout";
import {
  type Code,
  f32,
  f32x4,
  i8x16,
  i16x8,
  i32,
  i32x4,
  repeatWhile,
  v128,
  type WasmAssembly,
} from "#engine/wasm-assembler";

const MOST = 127;

/** The loss is summed up in f32; this much more makes it a bound. */
const LOSS_FACTOR = 1 + 1e-4;
const LOSS_SLACK = 1e-6;

/** How far the square of a length may be from 1: less than rounding.ts takes as it is, and f32 sums are well inside the rest. */
const UNIT_SQUARE = { least: 1 - 1.9e-4, most: 1 + 1.9e-4 };

/** (vector, dimension) → 1 when the f32 vector is surely of unit length; 0 may be anything, to be looked at closely. */
export function defineUnitTest(assembly: WasmAssembly, exportedAs: string): void {
  assembly.define({
    takes: { vector: "i32", dimension: "i32" },
    gives: "i32",
    exportedAs,
    body: ({ vector, dimension }, local) => {
      const [end, square] = [local("i32"), local("f32")];
      const sums = [local("v128"), local("v128"), local("v128"), local("v128")] as const;
      const part = local("v128");
      const [a, b, c, d] = sums;
      const all = f32x4.add(f32x4.add(a.get, b.get), f32x4.add(c.get, d.get));
      return [
        ...end.set(i32.add(vector.get, shift(dimension.get, 2))),
        ...repeatWhile(i32.ne(vector.get, end.get), [
          ...sums.flatMap((sum, i) => [
            ...part.set(v128.load(vector.get, 16 * i)),
            ...sum.set(f32x4.add(sum.get, f32x4.mul(part.get, part.get))),
          ]),
          ...addTo(vector, i32.const(64)),
        ]),
        ...part.set(all),
        ...square.set(acrossLanes(f32.add, part.get)),
        ...i32.and(
          f32.atLeast(square.get, f32.const(UNIT_SQUARE.least)),
          f32.atMost(square.get, f32.const(UNIT_SQUARE.most)),
        ),
      ];
    },
  });
}

function acrossLanes(combine: (a: Code, b: Code) => Code, vector: Code): Code {
  return [1, 2, 3].reduce<Code>((sum, i) => combine(sum, f32x4.extract(vector, i)), f32x4.extract(vector, 0));
}

/**
 * (block, row, dimension): the int8 vector of a row's f32 vector, round(value × 127 / largest), with what a step is worth and
 * how long the vector is that rounding took away (1 % of a unit vector at 512 dimensions). A zero vector stays zero.
 */
export function defineRounding(assembly: WasmAssembly, exportedAs: string): void {
  assembly.define({
    takes: { block: "i32", row: "i32", dimension: "i32" },
    exportedAs,
    body: ({ block, row, dimension }, local) => {
      const [from, to, end] = [local("i32"), local("i32"), local("i32")];
      const [scale, inverse] = [local("f32"), local("f32")];
      const most = local("v128");
      const lost = local("v128");
      const part = local("v128");
      const values = [local("v128"), local("v128"), local("v128"), local("v128")] as const;
      const start: Code = [
        ...from.set(float32Row(block, row.get, dimension.get)),
        ...end.set(i32.add(from.get, shift(dimension.get, 2))),
      ];
      // Value → whole step, kept as i32; what is lost goes into the sum.
      const step = (index: 0 | 1 | 2 | 3): Code => {
        const value = values[index];
        return [
          ...part.set(v128.load(from.get, 16 * index)),
          ...value.set(i32x4.fromF32x4(f32x4.nearest(f32x4.mul(part.get, f32x4.splat(inverse.get))))),
          ...part.set(f32x4.sub(part.get, f32x4.mul(f32x4.fromI32x4(value.get), f32x4.splat(scale.get)))),
          ...lost.set(f32x4.add(lost.get, f32x4.mul(part.get, part.get))),
        ];
      };
      const [a, b, c, d] = values;
      return [
        ...start,
        ...repeatWhile(i32.ne(from.get, end.get), [
          ...most.set(f32x4.max(most.get, f32x4.abs(v128.load(from.get)))),
          ...addTo(from, i32.const(16)),
        ]),
        ...scale.set(f32.div(acrossLanes(f32.max, most.get), f32.const(MOST))),
        // Of zero this is infinite and the products no number, which becomes step 0: right.
        ...inverse.set(f32.div(f32.const(1), scale.get)),
        ...start,
        ...to.set(int8Row(block, row.get, dimension.get)),
        ...repeatWhile(i32.ne(from.get, end.get), [
          ...step(0),
          ...step(1),
          ...step(2),
          ...step(3),
          ...v128.store(to.get, i8x16.narrow(i16x8.narrow(a.get, b.get), i16x8.narrow(c.get, d.get))),
          ...addTo(from, i32.const(64)),
          ...addTo(to, i32.const(WOVEN * PIECE_BYTES)),
        ]),
        ...f32.store(entry(block, row.get), scale.get, BLOCK.scales),
        ...f32.store(
          entry(block, row.get),
          f32.add(f32.mul(f32.sqrt(acrossLanes(f32.add, lost.get)), f32.const(LOSS_FACTOR)), f32.const(LOSS_SLACK)),
          BLOCK.residuals,
        ),
      ];
    },
  });
}
