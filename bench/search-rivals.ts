import { exactSearch, MetricKind } from "usearch";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { addTo } from "#engine/kernel-dots";
import { i32, repeatWhile, startAssembly, v128 } from "#engine/wasm-assembler";
import type { WasmThread } from "#ports/wasm-thread";
import type { WasmMemory } from "#ports/web-assembly";

/** What the engine is measured against: the memory itself, the obvious loop, and a library made for this. */

const MOST_THREADS = 2;

/** Reads `bytes` of memory as fast as this runtime can, with nothing else to do: what a scan of as many bytes cannot beat. */
export async function openFloor(bytes: number): Promise<{ read(threads: number): Promise<void> } & AsyncDisposable> {
  const assembly = startAssembly();
  assembly.define({
    takes: { order: "i32" },
    gives: "i32",
    exportedAs: "read",
    body: ({ order }, local) => {
      const [at, end] = [local("i32"), local("i32")];
      const sums = Array.from({ length: 8 }, () => local("v128"));
      return [
        ...at.set(i32.load(order.get)),
        ...end.set(i32.load(order.get, 4)),
        ...repeatWhile(i32.ne(at.get, end.get), [
          ...sums.flatMap((sum, i) => sum.set(v128.or(sum.get, v128.load(at.get, 16 * i)))),
          ...addTo(at, i32.const(128)),
        ]),
        // Used, so that no compiler may leave the loads out.
        ...sums.slice(1).flatMap((sum) => sums[0]?.set(v128.or(sums[0].get, sum.get)) ?? []),
        ...(sums[0]?.get ?? []),
        ...[0xfd, 0x53], // v128.any_true
        ...[0x1a], // drop
        ...i32.const(0),
      ];
    },
  });
  const module = new WebAssembly.Module(assembly.bytes());
  const pages = Math.ceil(bytes / 65_536) + 2;
  const memory: WasmMemory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const numbers = new Uint32Array(memory.buffer);
  // Written once: pages never written to would all be the same page of zeros.
  for (let i = 0; i < numbers.length; i += 256) numbers[i] = i;
  const threads: WasmThread[] = [];
  for (let i = 0; i < MOST_THREADS; i++) threads.push(await startWasmThread({ module, memory, entry: "read" }));
  return {
    async read(count) {
      const part = Math.floor(bytes / count / 128) * 128;
      await Promise.all(
        threads.slice(0, count).map((thread, i) => {
          numbers[i * 2] = 65_536 + i * part;
          numbers[i * 2 + 1] = 65_536 + (i + 1) * part;
          return thread.run(i * 8);
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      for (const thread of threads) await thread[Symbol.asyncDispose]();
    },
  };
}

/** The obvious loop over one array, four sums: what the engine was before it had a kernel. */
export function plainScan(rows: Float32Array, dimension: number, probe: Float32Array): number {
  let best = -1;
  let bestRow = -1;
  for (let start = 0; start < rows.length; start += dimension) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dimension; i += 4) {
      a += (rows[start + i] ?? 0) * (probe[i] ?? 0);
      b += (rows[start + i + 1] ?? 0) * (probe[i + 1] ?? 0);
      c += (rows[start + i + 2] ?? 0) * (probe[i + 2] ?? 0);
      d += (rows[start + i + 3] ?? 0) * (probe[i + 3] ?? 0);
    }
    const cosine = a + b + c + d;
    if (cosine > best) {
      best = cosine;
      bestRow = start;
    }
  }
  return bestRow / dimension;
}

/**
 * usearch's exact search (brute force in native code with this processor's own instructions) over the same array, inner product,
 * the best ten. Returns the row it puts first.
 */
export function usearchScan(rows: Float32Array, dimension: number, probe: Float32Array, threads: number): number {
  return Number(exactSearch(rows, probe, dimension, 10, MetricKind.IP, threads).keys.at(0));
}
