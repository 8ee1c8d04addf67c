import { PIECE_BYTES, WOVEN } from "#engine/kernel-layout";
import { type Code, f32, f32x4, i32, i32x4, type Local, type ValueType, v128 } from "#engine/wasm-assembler";

/** Independent sums a row in the f32 product, which keep additions from waiting for each other; more spill registers. */
const SUMS = 2;

type Declare = (type: ValueType) => Local;

export const addTo = (target: Local, value: Code): Code => target.set(i32.add(target.get, value));
const advance = (local: Local, bytes: number): Code => addTo(local, i32.const(bytes));
const clear = (sums: readonly Local[]): Code => sums.flatMap((sum) => sum.set(v128.zero));

/** Sum of the four lanes, always in the same order, so that the same row gives the same bits on every path. */
function sumOfLanes(vector: Local): Code {
  const at = (index: number): Code => f32x4.extract(vector.get, index);
  return f32.add(f32.add(at(0), at(1)), f32.add(at(2), at(3)));
}

/**
 * Products of a probe with several rows of f32 at once: each piece of the probe is loaded once and multiplied with all of them.
 * `rows` and `probe` are running addresses (they end behind the vector), `end` is where the probe ends.
 * Returns the code of the loop, and for each row the code that leaves its f32 product.
 */
export function dots32(
  declare: Declare,
  rows: readonly Local[],
  probe: Local,
  end: Code,
): { loop: Code; dots: Code[] } {
  const sums = rows.map(() => Array.from({ length: SUMS }, () => declare("v128")));
  const piece = declare("v128");
  const step: number[] = [];
  for (let i = 0; i < SUMS; i++) {
    step.push(...piece.set(v128.load(probe.get, 16 * i)));
    for (const [r, row] of rows.entries()) {
      const sum = sums[r]?.[i];
      if (sum) step.push(...sum.set(f32x4.add(sum.get, f32x4.mul(v128.load(row.get, 16 * i), piece.get))));
    }
  }
  for (const local of [...rows, probe]) step.push(...advance(local, 16 * SUMS));
  const dots = sums.map(([first, ...others]) =>
    first === undefined
      ? f32.const(Number.NaN)
      : [...others.flatMap((sum) => first.set(f32x4.add(first.get, sum.get))), ...sumOfLanes(first)],
  );
  return { loop: [...sums.flatMap(clear), ...repeatUntil(probe, end, step)], dots };
}

/**
 * The same for `count` woven rows of int8 (`first` is the running address of the first one's next piece) and a probe of 16 bits:
 * eight bytes at a time are widened, multiplied and added in pairs; whole numbers, hence exact. The f32 result counts steps of
 * row scale × probe scale.
 */
export function dots8(
  declare: Declare,
  first: Local,
  count: number,
  probe: Local,
  end: Code,
): { loop: Code; dots: Code[] } {
  const sums = Array.from({ length: count }, () => declare("v128"));
  const piece = declare("v128");
  const step: number[] = [];
  for (const half of [0, 1]) {
    step.push(...piece.set(v128.load(probe.get, 16 * half)));
    for (const [r, sum] of sums.entries()) {
      const bytes = v128.load8x8(first.get, PIECE_BYTES * r + 8 * half);
      step.push(...sum.set(i32x4.add(sum.get, i32x4.dot16x8(bytes, piece.get))));
    }
  }
  step.push(...advance(first, WOVEN * PIECE_BYTES), ...advance(probe, 32));
  // The lanes become f32 before they are added: together they could pass 2³¹.
  const dots = sums.map((sum) => [...sum.set(f32x4.fromI32x4(sum.get)), ...sumOfLanes(sum)]);
  return { loop: [...clear(sums), ...repeatUntil(probe, end, step)], dots };
}

/** The body at least once, until the running address has reached the end. */
function repeatUntil(running: Local, end: Code, body: Code): Code {
  return [0x03, 0x40, ...body, ...i32.ne(running.get, end), 0x0d, 0, 0x0b];
}
