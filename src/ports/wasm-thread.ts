import type { WasmMemory, WasmModule } from "#ports/web-assembly";

/** A thread that runs one function of a WebAssembly module, on memory it shares with whoever started it. */
export interface WasmThread extends AsyncDisposable {
  /** Calls the function and gives back its result; one call at a time. Rejects when the thread failed or has ended. */
  run(argument: number): Promise<number>;
}

export interface WasmThreadOrder {
  readonly module: WasmModule;
  /** Becomes the module's import env.memory. */
  readonly memory: WasmMemory;
  /** The export to call: one i32 in, one i32 out. */
  readonly entry: string;
}

export type StartWasmThread = (order: WasmThreadOrder) => Promise<WasmThread>;
