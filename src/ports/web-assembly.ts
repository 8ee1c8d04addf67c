/** The part of JavaScript's WebAssembly that Limen uses; Node has it, its type package does not declare it. */

export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; throws when the maximum would be passed. */
  grow(pages: number): number;
}

/** A compiled module; may be handed to another thread. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

declare global {
  var WebAssembly: {
    readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
    readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
    readonly Instance: new (
      module: WasmModule,
      imports: { env: { memory: WasmMemory } },
    ) => { readonly exports: Readonly<Record<string, (...values: number[]) => number>> };
  };
}
