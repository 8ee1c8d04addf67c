import fc from "fast-check";
import { expect, it } from "vitest";
import { createIdTable, type IdTable } from "#engine/id-table";

/** As the roster does it: the ids are kept elsewhere, by number. */
function tableBeside(ids: string[]): IdTable {
  return createIdTable((number, id) => ids[number] === id);
}

it("knows, after any additions and removals, what a Map knows", () => {
  const orders = fc.array(fc.record({ who: fc.nat(1500), isThere: fc.boolean() }), { minLength: 500, maxLength: 4000 });
  fc.assert(
    fc.property(orders, (steps) => {
      const ids = Array.from({ length: 1501 }, (_, i) => `id-${i}`);
      const table = tableBeside(ids);
      const plain = new Map<string, number>();
      for (const { who, isThere } of steps) {
        const id = `id-${who}`;
        if (table.numberOf(id) !== plain.get(id)) return false;
        if (!isThere) {
          table.remove(id);
          plain.delete(id);
        } else if (!plain.has(id)) {
          table.add(id, who);
          plain.set(id, who);
        }
      }
      expect(table.size).toBe(plain.size);
      expect(table.numbers().sort((a, b) => a - b)).toEqual([...plain.values()].sort((a, b) => a - b));
      return ids.every((id) => table.numberOf(id) === plain.get(id));
    }),
    { numRuns: 30 },
  );
});

it("tells apart ids of the same hash", () => {
  // Known pairs of FNV-1a, 32 bits.
  const ids = ["costarring", "liquid", "declinate", "macallums"];
  const table = tableBeside(ids);
  table.add("costarring", 0);
  expect(table.numberOf("liquid")).toBeUndefined();
  table.remove("liquid");
  table.add("liquid", 1);
  table.add("declinate", 2);
  table.remove("costarring");
  expect(ids.map((id) => table.numberOf(id))).toEqual([undefined, 1, 2, undefined]);
});

it("finds everybody again after growing from nobody to many, and after all but one have gone", () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => i.toString(16).padStart(24, "0"));
  const table = tableBeside(ids);
  for (const [number, id] of ids.entries()) table.add(id, number);
  expect(ids.every((id, number) => table.numberOf(id) === number)).toBe(true);
  for (const id of ids.slice(1)) table.remove(id);
  expect(table.numbers()).toEqual([0]);
  expect(table.size).toBe(1);
});
