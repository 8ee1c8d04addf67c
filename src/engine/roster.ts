import type { Chains } from "#engine/face-rows";
import { createIdTable } from "#engine/id-table";
import { NOBODY, PERSON_BYTES, PERSON_FIRST_ROW, PERSON_KEY_BYTES } from "#engine/kernel-layout";
import { type ArenaTable, createArenaTable, type MemoryArena } from "#engine/memory-arena";
import { LimenError } from "#errors";

/** Persons searched by one collection: a bit a person number. */
interface Members {
  readonly bits: ArenaTable;
  size: number;
  code: string;
}

/** What a search needs of a collection. */
export interface MemberSet {
  readonly address: number;
  readonly bits: number;
  readonly size: number;
}

/** The searchable people: a small number for each, their ids where the kernel can compare them, and their collections. */
export interface Roster extends Chains {
  readonly size: number;
  /** Address of the person records. */
  readonly address: number;
  /** The number of a known person, or undefined. */
  numberOf(id: string): number | undefined;
  idOf(person: number): string;
  ids(): string[];
  /** A number for somebody new. Throws LIMEN_SEARCH_FAILED for an id that is no id. */
  admit(id: string, collectionIds: readonly string[]): number;
  /** Into collections, by id. */
  join(person: number, collectionIds: readonly string[]): void;
  /** The person and every membership; the number may be somebody else's next. */
  dismiss(id: string): void;
  /** By id or code; null = no such collection, or nobody in it. */
  members(collection: string): MemberSet | null;
  readonly collectionIds: readonly string[];
  setCode(collectionId: string, code: string): void;
}

const BITS = 32;
const FIRST_PEOPLE = 64;

/** Any id a person can have: what fits the record, and sorts by bytes as JavaScript sorts strings. */
const ID = new RegExp(`^[\\x21-\\x7e]{1,${PERSON_KEY_BYTES}}$`);

export function createRoster(arena: MemoryArena): Roster {
  const records = createArenaTable(arena, PERSON_BYTES, FIRST_PEOPLE);
  const numbers = createIdTable((person, id) => hasKey(person, id));
  const free: number[] = [];
  const collections = new Map<string, Members>();
  const byCode = new Map<string, Members>();

  const byteOf = (person: number): number => records.address + person * PERSON_BYTES;
  const firstRowIndex = (person: number): number => (byteOf(person) + PERSON_FIRST_ROW) / 4;

  /** Eight characters to a number whose first character counts most, so that numbers compare as strings do. */
  const placeIn = (i: number): number => (i & ~7) + (7 - (i & 7));

  const writeKey = (person: number, id: string): void => {
    const { i8 } = arena.views;
    const at = byteOf(person);
    for (let i = 0; i < PERSON_KEY_BYTES; i++) i8[at + placeIn(i)] = i < id.length ? id.charCodeAt(i) : 0;
  };

  const hasKey = (person: number, id: string): boolean => {
    if (id.length > PERSON_KEY_BYTES) return false;
    const { i8 } = arena.views;
    const at = byteOf(person);
    for (let i = 0; i < PERSON_KEY_BYTES; i++) {
      if (i8[at + placeIn(i)] !== (i < id.length ? id.charCodeAt(i) : 0)) return false;
    }
    return true;
  };

  const idOf = (person: number): string => {
    const { i8 } = arena.views;
    let id = "";
    for (let i = 0; i < PERSON_KEY_BYTES; i++) {
      const code = i8[byteOf(person) + placeIn(i)] ?? 0;
      if (code === 0) break;
      id += String.fromCharCode(code);
    }
    return id;
  };

  const setMember = (members: Members, person: number, isMember: boolean): void => {
    if (isMember) members.bits.reach(Math.floor(person / BITS) + 1);
    else if (person >= members.bits.capacity * BITS) return;
    const { u32 } = arena.views;
    const at = members.bits.address / 4 + Math.floor(person / BITS);
    const word = u32[at] ?? 0;
    const bit = 1 << (person % BITS);
    if (((word & bit) !== 0) === isMember) return;
    u32[at] = isMember ? word | bit : word & ~bit;
    members.size += isMember ? 1 : -1;
  };

  const forget = (id: string, members: Members): void => {
    members.bits.release();
    collections.delete(id);
    if (byCode.get(members.code) === members) byCode.delete(members.code);
  };

  const join = (person: number, ids: readonly string[]): void => {
    for (const id of ids) {
      const members = collections.get(id) ?? { bits: createArenaTable(arena, BITS / 8, 16), size: 0, code: id };
      collections.set(id, members);
      setMember(members, person, true);
    }
  };

  return {
    get size() {
      return numbers.size;
    },
    get address() {
      return records.address;
    },
    get collectionIds() {
      return [...collections.keys()];
    },
    join,
    numberOf: numbers.numberOf,
    ids: () => numbers.numbers().map(idOf),
    idOf,

    admit(id, collectionIds) {
      if (!ID.test(id)) {
        throw new LimenError("LIMEN_SEARCH_FAILED", `a person's id has 1 to ${PERSON_KEY_BYTES} plain characters`);
      }
      const person = free.pop() ?? numbers.size;
      records.reach(person + 1);
      writeKey(person, id);
      arena.views.u32[firstRowIndex(person)] = NOBODY;
      numbers.add(id, person);
      join(person, collectionIds);
      return person;
    },

    dismiss(id) {
      const person = numbers.numberOf(id);
      if (person === undefined) return;
      for (const [collectionId, members] of collections) {
        setMember(members, person, false);
        if (members.size === 0) forget(collectionId, members);
      }
      numbers.remove(id);
      free.push(person);
    },

    members(collection) {
      const known = collections.get(collection) ?? byCode.get(collection);
      return known === undefined
        ? null
        : { address: known.bits.address, bits: known.bits.capacity * BITS, size: known.size };
    },

    setCode(collectionId, code) {
      const members = collections.get(collectionId);
      if (members === undefined || members.code === code) return;
      if (byCode.get(members.code) === members) byCode.delete(members.code);
      members.code = code;
      byCode.set(code, members);
    },

    firstRow: (person) => arena.views.u32[firstRowIndex(person)] ?? NOBODY,
    setFirstRow(person, row) {
      arena.views.u32[firstRowIndex(person)] = row;
    },
  };
}
