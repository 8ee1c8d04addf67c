/**
 * A small assembler for WebAssembly: instructions are functions that return their bytes, operands first, so that code reads like
 * an expression. It knows the instructions the kernel needs and nothing else. Encodings: WebAssembly core specification 2.0,
 * chapter 5 (binary format), and the threads proposal for shared memory.
 */

export type Code = readonly number[];
export type ValueType = "i32" | "f32" | "v128";

const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

const one =
  (...opcode: number[]) =>
  (a: Code): Code => [...a, ...opcode];
const two =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
/** `align` is the exponent of the natural alignment. */
const load =
  (align: number, ...opcode: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, align, ...unsignedLeb(offset)];
const store =
  (align: number, ...opcode: number[]) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, align, ...unsignedLeb(offset)];
const lane =
  (opcode: number) =>
  (vector: Code, index: number): Code => [...vector, 0xfd, opcode, index];

export const i32 = {
  const: (value: number): Code => [0x41, ...signedLeb(value)],
  load: load(2, 0x28),
  /** A load that another thread's store is seen by. */
  atomicLoad: load(2, 0xfe, 0x10),
  store: store(2, 0x36),
  /** Leaves what was there before; nothing another thread stores meanwhile is lost. */
  atomicAdd: store(2, 0xfe, 0x1e),
  eq: two(0x46),
  ne: two(0x47),
  lessThan: two(0x49), // lt_u
  atMost: two(0x4d), // le_u
  add: two(0x6a),
  sub: two(0x6b),
  mul: two(0x6c),
  and: two(0x71),
  or: two(0x72),
  shiftLeft: two(0x74),
  shiftRight: two(0x76), // shr_u
} as const;

export const i64 = { load: load(3, 0x29), eq: two(0x51), lessThan: two(0x54) } as const; // lt_u

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  load: load(2, 0x2a),
  store: store(2, 0x38),
  eq: two(0x5b),
  lessThan: two(0x5d),
  greaterThan: two(0x5e),
  atMost: two(0x5f),
  atLeast: two(0x60),
  add: two(0x92),
  mul: two(0x94),
  div: two(0x95),
  sqrt: one(0x91),
  min: two(0x96),
  max: two(0x97),
} as const;

export const v128 = {
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  load: load(4, 0xfd, 0x00),
  store: store(4, 0xfd, 0x0b),
  /** Eight signed bytes as eight 16-bit lanes. */
  load8x8: load(3, 0xfd, 0x01),
  or: two(0xfd, 0x50),
} as const;

export const i32x4 = {
  /** Towards zero; what is no number becomes 0. */
  fromF32x4: one(0xfd, 0xf8, 0x01),
  add: two(0xfd, 0xae, 0x01),
  /** Products of 16-bit lanes, neighbours added. */
  dot16x8: two(0xfd, 0xba, 0x01),
  extract: lane(0x1b),
} as const;

export const i8x16 = { narrow: two(0xfd, 0x65) } as const;
export const i16x8 = { narrow: two(0xfd, 0x85, 0x01) } as const;

export const f32x4 = {
  splat: one(0xfd, 0x13),
  abs: one(0xfd, 0xe0, 0x01),
  nearest: one(0xfd, 0x6a),
  sub: two(0xfd, 0xe5, 0x01),
  max: two(0xfd, 0xe9, 0x01),
  add: two(0xfd, 0xe4, 0x01),
  mul: two(0xfd, 0xe6, 0x01),
  fromI32x4: one(0xfd, 0xfa, 0x01),
  extract: lane(0x1f),
} as const;

export const returnNow: Code = [0x0f];
/** Gives back a value at once. */
export const returnValue = (value: Code): Code => [...value, 0x0f];
export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition,
  ...[0x04, 0x40],
  ...then,
  ...(otherwise.length > 0 ? [0x05, ...otherwise] : []),
  0x0b,
];
export const repeatWhile = (condition: Code, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40], // block, and in it a loop
  ...[...condition, 0x45, 0x0d, 1], // eqz, leave the block
  ...[...body, 0x0c, 0], // around again
  ...[0x0b, 0x0b],
];

export interface Local {
  readonly get: Code;
  set(value: Code): Code;
}

export interface WasmFunction {
  call(...operands: Code[]): Code;
}

export interface FunctionPlan<Names extends string> {
  /** Parameter names and types, in order. */
  readonly takes: Readonly<Record<Names, ValueType>>;
  readonly gives?: ValueType;
  /** Exported under this name. */
  readonly exportedAs?: string;
  readonly body: (parameters: Readonly<Record<Names, Local>>, local: (type: ValueType) => Local) => Code;
}

export interface WasmAssembly {
  define<Names extends string>(plan: FunctionPlan<Names>): WasmFunction;
  /** The module's bytes. It imports env.memory: shared, at most 4 GiB. */
  bytes(): Uint8Array<ArrayBuffer>;
}

const MAX_PAGES = 65_536;

const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const vector = (items: readonly Code[]): number[] => [...unsignedLeb(items.length), ...items.flat()];
const sized = (bytes: readonly number[]): number[] => [...unsignedLeb(bytes.length), ...bytes];
const section = (id: number, items: readonly Code[]): number[] => [id, ...sized(vector(items))];

function localAt(index: number): Local {
  const at = unsignedLeb(index);
  return { get: [0x20, ...at], set: (value) => [...value, 0x21, ...at] };
}

/** Starts a module; functions are callable by those defined after them. */
export function startAssembly(): WasmAssembly {
  const types: Code[] = [];
  const exported: Code[] = [];
  const bodies: Code[] = [];

  return {
    define(plan) {
      const index = bodies.length;
      const parameters: [string, ValueType][] = Object.entries(plan.takes);
      const locals: ValueType[] = [];
      const local = (type: ValueType): Local => localAt(parameters.length + locals.push(type) - 1);
      const named = Object.fromEntries(parameters.map(([name], i) => [name, localAt(i)])) as Record<
        keyof typeof plan.takes,
        Local
      >;
      const code = plan.body(named, local);
      const results = plan.gives === undefined ? [] : [[TYPE_BYTE[plan.gives]]];
      types.push([0x60, ...vector(parameters.map(([, type]) => [TYPE_BYTE[type]])), ...vector(results)]);
      bodies.push(sized([...vector(locals.map((type) => [1, TYPE_BYTE[type]])), ...code, 0x0b]));
      if (plan.exportedAs !== undefined) exported.push([...text(plan.exportedAs), 0x00, ...unsignedLeb(index)]);
      return { call: (...operands) => [...operands.flat(), 0x10, ...unsignedLeb(index)] };
    },

    bytes() {
      const memory = [...text("env"), ...text("memory"), 0x02, 0x03, 1, ...unsignedLeb(MAX_PAGES)];
      return Uint8Array.from([
        ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // \0asm, version 1
        ...section(1, types),
        ...section(2, [memory]),
        ...section(
          3,
          types.map((_, i) => unsignedLeb(i)),
        ),
        ...section(7, exported),
        ...section(10, bodies),
      ]);
    },
  };
}
