import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPersonAccess, writePersonAccess } from "#config/change-person";
import { loadConfig } from "#config/load";
import { NOTHING_WRITTEN, type WrittenAccess } from "#core/written-access";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "./config-folder.js";

const ADA = { id: "65f0c0ffee0000000000e123", name: 'Ada "L." #1: x' };
const env = smallEnvironment();
const HOURS = "schedules:\n  office: { week: mon-fri 08:00-18:30 }\n";

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** The file with this text, after the change; and what it says of Ada then. */
async function changed(text: string, access: WrittenAccess | null, who = ADA) {
  const file = await folder.write("limen.yaml", text);
  await writePersonAccess(file, who, access, { env });
  return readFile(file, "utf8");
}
const said = async (who = ADA) => readPersonAccess(folder.file("limen.yaml"), who, { env });
const access = (changes: Partial<WrittenAccess>): WrittenAccess => ({ ...NOTHING_WRITTEN, ...changes });

describe("what holds for a person, written into the file", () => {
  it("gets a section, an entry under the id, and leaves an empty section when it is taken away", async () => {
    const text = SMALL + HOURS;
    const all = access({
      doors: ["front"],
      schedule: "office",
      validFrom: "2026-02-01",
      validUntil: "2026-07-31 18:00",
    });
    const written = await changed(text, { ...all, offlineAllowed: false });
    expect(written).toBe(
      `${text}persons: { "${ADA.id}": { doors: [front], schedule: office, valid_from: 2026-02-01, valid_until: 2026-07-31 18:00, offline_allowed: false } }\n`,
    );
    expect(await said()).toEqual({
      keys: [ADA.id],
      access: { ...all, offlineAllowed: false },
      schedules: ["always", "never", "office"],
      doors: ["front"],
      asksOffline: false,
    });
    expect(await changed(written, null)).toBe(`${text}persons: {}\n`);
    expect(await changed(`${text}persons: {}\n`, null)).toBe(`${text}persons: {}\n`);
    expect(await changed(text, null)).toBe(text);
  });

  it("goes into the entry there is, under the name too, and touches the keys that differ alone", async () => {
    const entry = `  ${JSON.stringify(ADA.name)}:\n    # by contract\n    valid_until: '2026-12-31' # paid until then\n`;
    const text = `${SMALL}${HOURS}persons:\n  Ben: { schedule: never }\n${entry}`;
    const late = access({ validUntil: "2026-12-31", schedule: "office" });
    expect(await changed(text, late)).toBe(text.replace("    valid_until", "    schedule: office\n    valid_until"));
    expect(await said()).toMatchObject({ keys: [ADA.name], access: late });
    expect(await changed(text, access({ validUntil: "2027-01-31" }))).toBe(text.replace("'2026-12-31'", "2027-01-31"));
    // A comment stands in it: the entry stays, and says nothing.
    expect(await changed(text, null)).toBe(text.replace("valid_until: '2026-12-31'", "{}"));
    expect((await said()).access).toEqual(NOTHING_WRITTEN);
  });

  it("is refused where there are two entries, and the file stays as it was", async () => {
    const text = `${SMALL}persons:\n  ${ADA.id}: {}\n  ${JSON.stringify(ADA.name)}: {}\n`;
    const file = await folder.write("limen.yaml", text);
    await expect(writePersonAccess(file, ADA, access({ schedule: "never" }), { env })).rejects.toThrow("two entries");
    expect(await readFile(file, "utf8")).toBe(text);
    expect(await said()).toMatchObject({ keys: [ADA.id, ADA.name], access: NOTHING_WRITTEN });
  });

  it.each<[string, Partial<WrittenAccess>, string]>([
    ["a schedule that is not there", { schedule: "offise" }, 'there is no schedule "offise"'],
    ["a door that is not there", { doors: ["back"] }, 'there is no door "back"'],
    ["a date that is none", { validFrom: "2026-02-30" }, "is no date"],
    ["an end before the beginning", { validFrom: "2026-02-02", validUntil: "2026-02-01" }, "is not after valid_from"],
  ])("that names %s changes nothing", async (_, wrong, words) => {
    const text = `${SMALL}${HOURS}`;
    const file = await folder.write("limen.yaml", text);
    await expect(writePersonAccess(file, ADA, access(wrong), { env })).rejects.toThrow(words);
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("says what to write by hand where the place cannot be found", async () => {
    const file = await folder.write("limen.yaml", `${SMALL}${HOURS}...\n`);
    await expect(writePersonAccess(file, ADA, access({ schedule: "office" }), { env })).rejects.toMatchObject({
      code: "LIMEN_CONFIG_UNREADABLE",
      hint: `write this under persons by hand: "${ADA.id}": { schedule: office }`,
    });
  });
});

/** A key of an entry as people write them. */
const KEYS: readonly (readonly [keyof WrittenAccess, string, readonly string[]])[] = [
  ["doors", "doors", ["[front]", "[ back , front ]", "[]"]],
  ["schedule", "schedule", ["office", '"nights"', "always"]],
  ["validFrom", "valid_from", ["2026-01-02", "'2026-01-02 07:30'"]],
  ["validUntil", "valid_until", ["2026-12-31", '"2026-12-31 18:00"']],
  ["offlineAllowed", "offline_allowed", ["true", "false"]],
];
const anyPairs = fc
  .tuple(fc.shuffledSubarray([...KEYS]), fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }))
  .map(([keys, picks]) => keys.map(([, key, values], i) => `${key}: ${values[(picks[i] ?? 0) % values.length]}`));

/** An entry in brackets or in lines, with comments where people put them, each of its own. */
const anyEntry = fc
  .tuple(
    anyPairs,
    fc.constantFrom("brackets", "spaced", "lines"),
    fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  )
  .map(([pairs, style, notes]) => (key: string, indent: string, mark: string): string => {
    const note = (i: number, before: string): string => (notes[i] === true ? `${before}# ${mark}${i} {x: [` : "");
    if (style === "lines" && pairs.length > 0) {
      const lines = pairs.flatMap((pair, i) => {
        const above = note(i, `${indent}  `);
        return [...(above === "" ? [] : [above]), `${indent}  ${pair}${note(i + 5, " ")}`];
      });
      return `${indent}${key}:${note(10, " ")}\n${lines.join("\n")}\n`;
    }
    const [open, comma, close] = style === "brackets" ? ["{ ", ", ", " }"] : ["{", " ,  ", "}"];
    return `${indent}${key}: ${open}${pairs.join(comma)}${close}${note(11, "  ")}\n`;
  });

const anyAccess: fc.Arbitrary<WrittenAccess | null> = fc.option(
  fc.record({
    doors: fc.option(fc.subarray(["front", "back"])),
    schedule: fc.option(fc.constantFrom("office", "nights", "always", "never")),
    validFrom: fc.option(fc.constantFrom("2026-01-02", "2026-01-02 07:30", "2026-02-03")),
    validUntil: fc.option(fc.constantFrom("2026-12-31", "2026-12-31 18:00", "2027-01-01 00:00")),
    offlineAllowed: fc.option(fc.boolean()),
  }),
);

const TWO_DOORS = `${SMALL}  back: { camera: front, collection: staff, controller: { profile: limen_native, key: !secret front_door } }\n`;
const MORE = `${HOURS}  nights: { week: 22:00-06:00 } # over midnight\n`;

it("whatever entries there are: the file says what was meant, and nothing else of it is another", async () => {
  const texts = fc.record({
    before: fc.array(anyEntry, { maxLength: 2 }),
    own: fc.option(anyEntry),
    after: fc.array(anyEntry, { maxLength: 2 }),
    key: fc.constantFrom(ADA.id, JSON.stringify(ADA.id), JSON.stringify(ADA.name)),
    indent: fc.constantFrom("  ", "    "),
    isEarly: fc.boolean(),
    newline: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(texts, anyAccess, async ({ before, own, after, key, indent, isEarly, newline }, wanted) => {
      const others = [...before, ...after];
      const entries = (made: typeof others, from: number) =>
        made.map((entry, i) => entry(`Person ${from + i}`, indent, `other${from + i}-`)).join("");
      const mine = own === null ? "" : own(key, indent, "mine-");
      const isThere = others.length > 0 || own !== null;
      const prefix = `${isEarly ? "" : MORE}${isThere ? "persons:\n" : ""}${entries(before, 0)}`;
      const suffix = `${entries(after, 10)}${isEarly ? MORE : ""}`;
      const whole = TWO_DOORS + prefix + mine + suffix;
      const text = newline ? whole : whole.slice(0, -1);
      const file = await folder.write("limen.yaml", text);
      const old = (await loadConfig(file, { env })).parsed;

      await writePersonAccess(file, ADA, wanted, { env });

      const { parsed } = await loadConfig(file, { env });
      const { access: now } = await said();
      expect(now).toEqual(wanted ?? NOTHING_WRITTEN);
      const { [ADA.id]: _, [ADA.name]: __, ...rest } = parsed.persons;
      const { [ADA.id]: ___, [ADA.name]: ____, ...restBefore } = old.persons;
      expect({ ...parsed, persons: rest }).toEqual({ ...old, persons: restBefore });
      const result = await readFile(file, "utf8");
      // What stands around the entry stands there still, and so does every comment.
      const [head, tail] = [TWO_DOORS + prefix, newline ? suffix : suffix.slice(0, -1)];
      if (own === null) {
        const added = result.length - text.length;
        const at = [...result].findIndex((letter, i) => letter !== text[i]);
        expect(at === -1 ? result : result.slice(0, at) + result.slice(at + added)).toBe(text);
      } else {
        expect(result.startsWith(head)).toBe(true);
        expect(result.endsWith(tail)).toBe(true);
      }
      for (const comment of text.match(/# (?:mine|other)[^\n]*/g) ?? []) expect(result).toContain(comment);
    }),
    { numRuns: 60 },
  );
}, 120_000);

it("whatever is written in brackets on one line: taking away and setting leave the neighbours as they are", async () => {
  const line = fc.tuple(anyPairs, fc.array(anyPairs, { maxLength: 2 }), fc.array(anyPairs, { maxLength: 2 }));
  await fc.assert(
    fc.asyncProperty(line, anyAccess, async ([own, before, after], wanted) => {
      const entries = (pairs: readonly string[][], from: number) =>
        pairs.map((pair, i) => `p${from + i}: { ${pair.join(", ")} }`);
      const [first, last] = [entries(before, 0), entries(after, 10)];
      const text = `${TWO_DOORS}persons: { ${[...first, `"${ADA.id}": { ${own.join(", ")} }`, ...last].join(", ")} }\n${MORE}`;
      const result = await changed(text, wanted);
      expect((await said()).access).toEqual(wanted ?? NOTHING_WRITTEN);
      expect(result.startsWith(`${TWO_DOORS}persons: {`)).toBe(true);
      expect(result.endsWith(`}\n${MORE}`)).toBe(true);
      for (const entry of [...first, ...last]) expect(result).toContain(entry);
    }),
    { numRuns: 40 },
  );
}, 60_000);
