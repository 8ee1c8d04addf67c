/**
 * The number of each id, as a Map would know it, for a million ids. An entry is a hash and a number side by side (open addressing,
 * at most half full), so that finding out that somebody is new, once for each person when a gallery is read, waits for memory once;
 * a Map walks from entry to string to entry. Measured with a million people: a start of 6 s instead of 7, and 0.1 GB less memory.
 */
export interface IdTable {
  readonly size: number;
  numberOf(id: string): number | undefined;
  /** The id must be new. */
  add(id: string, number: number): void;
  remove(id: string): void;
  /** Every number there is, in no order. */
  numbers(): number[];
}

const FIRST_SLOTS = 1024;
/** Of a slot: a hash, then the number plus one; 0 = empty. */
const SLOT = 2;

/** FNV-1a with a last stir, so that the low bits depend on every character. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}

/** `isIdOf` compares an id with that of a number; the table itself keeps no ids. */
export function createIdTable(isIdOf: (number: number, id: string) => boolean): IdTable {
  let slots = FIRST_SLOTS;
  let entries = new Int32Array(slots * SLOT);
  let size = 0;

  const hashIn = (slot: number): number => entries[slot * SLOT] ?? 0;
  const numberIn = (slot: number): number => (entries[slot * SLOT + 1] ?? 0) - 1;
  const set = (slot: number, hash: number, number: number): void => {
    entries[slot * SLOT] = hash;
    entries[slot * SLOT + 1] = number + 1;
  };
  const after = (slot: number): number => (slot + 1) & (slots - 1);

  /** The slot of an id, or the empty one where it would go. */
  const slotOf = (id: string, hash: number): number => {
    let slot = hash & (slots - 1);
    while (numberIn(slot) >= 0 && !(hashIn(slot) === hash && isIdOf(numberIn(slot), id))) slot = after(slot);
    return slot;
  };

  const put = (hash: number, number: number): void => {
    let slot = hash & (slots - 1);
    while (numberIn(slot) >= 0) slot = after(slot);
    set(slot, hash, number);
  };

  const grow = (): void => {
    const old = entries;
    slots *= 2;
    entries = new Int32Array(slots * SLOT);
    for (let at = 0; at < old.length; at += SLOT) {
      const number = (old[at + 1] ?? 0) - 1;
      if (number >= 0) put(old[at] ?? 0, number);
    }
  };

  return {
    get size() {
      return size;
    },

    numberOf(id) {
      const number = numberIn(slotOf(id, hashOf(id)));
      return number < 0 ? undefined : number;
    },

    add(id, number) {
      if (++size > slots / 2) grow();
      put(hashOf(id), number);
    },

    remove(id) {
      let gap = slotOf(id, hashOf(id));
      if (numberIn(gap) < 0) return;
      size--;
      set(gap, 0, -1);
      // Who was put behind the gap because it was taken moves into it.
      for (let slot = after(gap); numberIn(slot) >= 0; slot = after(slot)) {
        const home = hashIn(slot) & (slots - 1);
        if (((slot - home) & (slots - 1)) < ((slot - gap) & (slots - 1))) continue;
        set(gap, hashIn(slot), numberIn(slot));
        set(slot, 0, -1);
        gap = slot;
      }
    },

    numbers() {
      const all: number[] = [];
      for (let slot = 0; slot < slots; slot++) if (numberIn(slot) >= 0) all.push(numberIn(slot));
      return all;
    },
  };
}
