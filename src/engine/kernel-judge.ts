import { dots32 } from "#engine/kernel-dots";
import { BLOCK, BLOCK_FACES, LANE, PIECE_BYTES, WOVEN } from "#engine/kernel-layout";
import { type Code, f32, i32, type Local, type WasmAssembly, type WasmFunction, when } from "#engine/wasm-assembler";

export const shift = (value: Code, bits: number): Code => i32.shiftLeft(value, i32.const(bits));

/** Address of a row's entry in one of the block's lists of four bytes a face. */
export const entry = (block: Local, row: Code): Code => i32.add(block.get, shift(row, 2));
/** Address of the first piece of a row; its next ones follow WOVEN pieces apart. */
export const int8Row = (block: Local, row: Code, dimension: Code): Code => {
  const group = i32.mul(i32.and(row, i32.const(-WOVEN)), dimension);
  const inGroup = i32.mul(i32.and(row, i32.const(WOVEN - 1)), i32.const(PIECE_BYTES));
  return i32.add(i32.add(block.get, i32.const(BLOCK.int8)), i32.add(group, inGroup));
};
export const float32Row = (block: Local, row: Code, dimension: Code): Code =>
  i32.add(
    i32.add(block.get, i32.const(BLOCK.int8)),
    i32.mul(i32.add(i32.const(BLOCK_FACES), shift(row, 2)), dimension),
  );

/** A cosine as the ranking counts it: scores do not fall below 0 nor rise above 1. */
export const clamped = (cosine: Code, lane: Local): Code =>
  f32.min(f32.max(cosine, f32.const(0)), f32.load(lane.get, LANE.ceiling));

export const reachesThreshold = (value: Local, lane: Local): Code =>
  f32.atLeast(value.get, f32.load(lane.get, LANE.threshold));

/** (row, probe, dimension) → product of two f32 vectors at these addresses. */
export function defineDot32(assembly: WasmAssembly): WasmFunction {
  return assembly.define({
    takes: { row: "i32", probe: "i32", dimension: "i32" },
    gives: "f32",
    body: ({ row, probe, dimension }, local) => {
      const end = local("i32");
      const { loop, dots } = dots32(local, [row], probe, end.get);
      return [...end.set(i32.add(probe.get, shift(dimension.get, 2))), ...loop, ...dots.flat()];
    },
  });
}

/** (lane, block, row): the exact cosine of one face, and its place in the ranking if it earns one. */
export function defineJudge(
  assembly: WasmAssembly,
  { consider, dot32 }: { consider: WasmFunction; dot32: WasmFunction },
): WasmFunction {
  return assembly.define({
    takes: { lane: "i32", block: "i32", row: "i32" },
    body: ({ lane, block, row }, local) => {
      const rank = local("f32");
      const dimension = i32.load(lane.get, LANE.dimension);
      const probe = i32.add(lane.get, i32.const(LANE.probe32));
      const cosine = dot32.call(float32Row(block, row.get, dimension), probe, dimension);
      return [
        ...i32.store(lane.get, i32.add(i32.load(lane.get, LANE.exactFaces), i32.const(1)), LANE.exactFaces),
        ...rank.set(clamped(cosine, lane)),
        ...when(
          reachesThreshold(rank, lane),
          consider.call(lane.get, i32.load(entry(block, row.get), BLOCK.persons), rank.get),
        ),
      ];
    },
  });
}
