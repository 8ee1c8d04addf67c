import { defineExactBlock, defineFastBlock, defineFilteredBlock } from "#engine/kernel-blocks";
import { addTo } from "#engine/kernel-dots";
import { defineDot32, defineJudge, shift } from "#engine/kernel-judge";
import { BLOCK_FACES, LANE } from "#engine/kernel-layout";
import { defineConsider } from "#engine/kernel-ranking";
import { defineRounding, defineUnitTest } from "#engine/kernel-rounding";
import { defineTouching } from "#engine/kernel-touching";
import { type Code, i32, repeatWhile, returnValue, startAssembly, when } from "#engine/wasm-assembler";
import { LimenError } from "#errors";
import type { WasmMemory, WasmModule } from "#ports/web-assembly";

/** Export (lane) → 0 when the scan is complete, 1 when it was cancelled. */
export const SCAN = "scan";
/** Export (order) → 0 when the memory is there: see kernel-touching. */
export const TOUCH = "touch";
const ROUND = "round";
const IS_UNIT = "isUnit";

function assembleKernel(): Uint8Array<ArrayBuffer> {
  const assembly = startAssembly();
  const consider = defineConsider(assembly);
  const dot32 = defineDot32(assembly);
  const parts = { consider, judge: defineJudge(assembly, { consider, dot32 }) };
  const exact = defineExactBlock(assembly, parts);
  const fast = defineFastBlock(assembly, parts);
  const filtered = defineFilteredBlock(assembly, parts);
  defineRounding(assembly, ROUND);
  defineUnitTest(assembly, IS_UNIT);
  defineTouching(assembly, TOUCH);
  assembly.define({
    takes: { lane: "i32" },
    gives: "i32",
    exportedAs: SCAN,
    body: ({ lane }, local) => {
      const [number, end, block, faces] = [local("i32"), local("i32"), local("i32"), local("i32")];
      const field = (offset: number): Code => i32.load(lane.get, offset);
      const args = [lane.get, block.get, faces.get] as const;
      return [
        ...number.set(field(LANE.firstBlock)),
        ...end.set(field(LANE.endBlock)),
        ...repeatWhile(i32.lessThan(number.get, end.get), [
          ...when(i32.atomicLoad(lane.get, LANE.cancelled), returnValue(i32.const(1))),
          ...block.set(i32.load(i32.add(field(LANE.blockTable), shift(number.get, 2)))),
          ...addTo(number, i32.const(1)),
          ...faces.set(i32.const(BLOCK_FACES)),
          ...when(i32.eq(number.get, end.get), faces.set(field(LANE.lastBlockFaces))),
          ...when(
            field(LANE.members),
            filtered.call(...args),
            when(field(LANE.fast), fast.call(...args), exact.call(...args)),
          ),
        ]),
        ...i32.const(0),
      ];
    },
  });
  return assembly.bytes();
}

let compiled: WasmModule | undefined;

/** The compiled kernel; assembled at its first use. */
export function kernelModule(): WasmModule {
  compiled ??= new WebAssembly.Module(assembleKernel());
  return compiled;
}

export interface Kernel {
  /** Carries out the orders in a lane; 0 = complete. */
  scan(lane: number): number;
  /** Makes a row's int8 vector of its f32 vector: addresses of block and row number in it. */
  round(block: number, row: number, dimension: number): void;
  /** 1 when the f32 vector at an address is surely of unit length. */
  isUnit(vector: number, dimension: number): number;
}

/** The kernel on the calling thread. */
export function instantiateKernel(memory: WasmMemory): Kernel {
  const { exports } = new WebAssembly.Instance(kernelModule(), { env: { memory } });
  const { [SCAN]: scan, [ROUND]: round, [IS_UNIT]: isUnit } = exports;
  if (scan === undefined || round === undefined || isUnit === undefined) {
    throw new LimenError("LIMEN_INTERNAL", "the kernel lacks an export");
  }
  return { scan, round, isUnit };
}
