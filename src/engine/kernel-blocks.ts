import { addTo, dots8, dots32 } from "#engine/kernel-dots";
import { clamped, entry, float32Row, int8Row, reachesThreshold, shift } from "#engine/kernel-judge";
import { BLOCK, LANE, WOVEN } from "#engine/kernel-layout";
import {
  type Code,
  f32,
  i32,
  type Local,
  repeatWhile,
  type WasmAssembly,
  type WasmFunction,
  when,
} from "#engine/wasm-assembler";

/**
 * Rows of f32 multiplied at once, so that each piece of the probe is loaded once for both. They are not neighbours but half a
 * block apart: each heads a stream of its own that the processor fetches ahead (neighbours share a memory page, which made the
 * scan three times slower).
 */
const ROWS_32 = 2;

interface Parts {
  readonly consider: WasmFunction;
  readonly judge: WasmFunction;
}

/** (lane, block, faces): every face of a block by its exact cosine. */
export function defineExactBlock(assembly: WasmAssembly, { consider, judge }: Parts): WasmFunction {
  return assembly.define({
    takes: { lane: "i32", block: "i32", faces: "i32" },
    body: ({ lane, block, faces }, local) => {
      const row = local("i32");
      const rows = Array.from({ length: ROWS_32 }, () => local("i32"));
      const [probe, end, dimension, stride] = [local("i32"), local("i32"), local("i32"), local("i32")];
      const rank = local("f32");
      const { loop, dots } = dots32(local, rows, probe, end.get);
      const next = (r: number): Code => i32.add(row.get, i32.mul(stride.get, i32.const(r)));
      return [
        ...dimension.set(i32.load(lane.get, LANE.dimension)),
        ...stride.set(i32.shiftRight(faces.get, i32.const(Math.log2(ROWS_32)))),
        ...repeatWhile(i32.lessThan(row.get, stride.get), [
          ...rows.flatMap((local, r) => local.set(float32Row(block, next(r), dimension.get))),
          ...probe.set(i32.add(lane.get, i32.const(LANE.probe32))),
          ...end.set(i32.add(probe.get, shift(dimension.get, 2))),
          ...loop,
          ...dots.flatMap((dot, r) => [
            ...rank.set(clamped(dot, lane)),
            ...when(
              reachesThreshold(rank, lane),
              consider.call(lane.get, i32.load(entry(block, next(r)), BLOCK.persons), rank.get),
            ),
          ]),
          ...addTo(row, i32.const(1)),
        ]),
        ...row.set(i32.mul(stride.get, i32.const(ROWS_32))),
        ...repeatWhile(i32.lessThan(row.get, faces.get), [
          ...judge.call(lane.get, block.get, row.get),
          ...addTo(row, i32.const(1)),
        ]),
      ];
    },
  });
}

/**
 * The most the exact cosine of a row can be, given its int8 product. With x̂, p̂ the rounded row and probe:
 * p·x − p̂·x̂ = p·(x − x̂) + (p − p̂)·x̂ ≤ |p| |x − x̂| + |p − p̂| |x̂|, and |x̂| ≤ 1 + |x − x̂| (Cauchy–Schwarz).
 */
function upperBound(dot: Code, lane: Local, block: Local, row: Code): Code {
  const scale = f32.mul(f32.load(entry(block, row), BLOCK.scales), f32.load(lane.get, LANE.probeScale));
  const error = f32.add(
    f32.mul(f32.load(entry(block, row), BLOCK.residuals), f32.load(lane.get, LANE.errorPerResidual)),
    f32.load(lane.get, LANE.error),
  );
  return f32.max(f32.add(f32.mul(dot, scale), error), f32.const(0));
}

/**
 * (lane, block, faces): the block's int8 rows, a quarter of the bytes; only faces whose exact cosine could reach the ranking are
 * judged by it, at once. So the answer is the exact one: rounding costs time (a few more judged), never a person.
 */
export function defineFastBlock(assembly: WasmAssembly, { judge }: Parts): WasmFunction {
  return assembly.define({
    takes: { lane: "i32", block: "i32", faces: "i32" },
    body: ({ lane, block, faces }, local) => {
      const [row, first] = [local("i32"), local("i32")];
      const [probe, end, dimension] = [local("i32"), local("i32"), local("i32")];
      const bound = local("f32");
      const { loop, dots } = dots8(local, first, WOVEN, probe, end.get);
      const next = (r: number): Code => i32.add(row.get, i32.const(r));
      return [
        ...dimension.set(i32.load(lane.get, LANE.dimension)),
        ...repeatWhile(i32.atMost(next(WOVEN), faces.get), [
          ...first.set(int8Row(block, row.get, dimension.get)),
          ...probe.set(i32.add(lane.get, i32.const(LANE.probe16))),
          ...end.set(i32.add(probe.get, shift(dimension.get, 1))),
          ...loop,
          ...dots.flatMap((dot, r) => [
            ...bound.set(upperBound(dot, lane, block, next(r))),
            ...when(reachesThreshold(bound, lane), judge.call(lane.get, block.get, next(r))),
          ]),
          ...addTo(row, i32.const(WOVEN)),
        ]),
        ...repeatWhile(i32.lessThan(row.get, faces.get), [
          ...judge.call(lane.get, block.get, row.get),
          ...addTo(row, i32.const(1)),
        ]),
      ];
    },
  });
}

/** (lane, block, faces): only the faces of persons whose bit is set; nothing else of the others is read. */
export function defineFilteredBlock(assembly: WasmAssembly, { judge }: Parts): WasmFunction {
  const dot8 = assembly.define({
    takes: { row: "i32", probe: "i32", dimension: "i32" },
    gives: "f32",
    body: ({ row, probe, dimension }, local) => {
      const end = local("i32");
      const { loop, dots } = dots8(local, row, 1, probe, end.get);
      return [...end.set(i32.add(probe.get, shift(dimension.get, 1))), ...loop, ...dots.flat()];
    },
  });
  return assembly.define({
    takes: { lane: "i32", block: "i32", faces: "i32" },
    body: ({ lane, block, faces }, local) => {
      const [row, person, members, bits] = [local("i32"), local("i32"), local("i32"), local("i32")];
      const bound = local("f32");
      const dimension = i32.load(lane.get, LANE.dimension);
      const word = i32.load(i32.add(members.get, shift(i32.shiftRight(person.get, i32.const(5)), 2)));
      const isMember = i32.and(i32.shiftRight(word, i32.and(person.get, i32.const(31))), i32.const(1));
      const probe = i32.add(lane.get, i32.const(LANE.probe16));
      const dot = dot8.call(int8Row(block, row.get, dimension), probe, dimension);
      return [
        ...members.set(i32.load(lane.get, LANE.members)),
        ...bits.set(i32.load(lane.get, LANE.memberBits)),
        ...repeatWhile(i32.lessThan(row.get, faces.get), [
          ...person.set(i32.load(entry(block, row.get), BLOCK.persons)),
          ...when(
            i32.lessThan(person.get, bits.get),
            when(
              isMember,
              when(
                i32.load(lane.get, LANE.fast),
                [
                  ...bound.set(upperBound(dot, lane, block, row.get)),
                  ...when(reachesThreshold(bound, lane), judge.call(lane.get, block.get, row.get)),
                ],
                judge.call(lane.get, block.get, row.get),
              ),
            ),
          ),
          ...addTo(row, i32.const(1)),
        ]),
      ];
    },
  });
}
