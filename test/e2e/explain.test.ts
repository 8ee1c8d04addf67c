import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRecords } from "#app-offline";
import { runCommand } from "#commands/table";
import { loadConfig } from "#config/load";
import { exitCodeOf, messageOf } from "#errors";
import { templateOf } from "../fakes/faces";
import { limen } from "../fixtures/limen-program";

/** The page's configuration, and its example of what is printed. */
const page = await readFile(new URL("../../docs/access.md", import.meta.url), "utf8");
const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
const [, args = "", printed = ""] = /```\n\$ npx limen (explain .*)\n([\s\S]*?)```/.exec(page) ?? [];

let directory: string;
let config: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-explain-"));
  config = join(directory, "limen.yaml");
  const rest = "site: { name: Studio, time_zone: Europe/Berlin }\ncameras: { front: { rtsp: rtsp://127.0.0.1:9/x } }\n";
  await writeFile(config, `${rest}${yaml}`);
  await writeFile(
    join(directory, "secrets.yaml"),
    ["front_door", "workshop_door"].map((name) => `${name}: "${randomBytes(32).toString("hex")}"\n`).join(""),
    {
      mode: 0o600,
    },
  );
  const loaded = await loadConfig(config, { env: {} });
  expect(loaded.warnings).toEqual([]);
  await using records = await openRecords(loaded.config);
  const enrol = (name: string, ...collections: string[]) =>
    records.gallery.addPerson({ name, collections, faces: [templateOf(0)] });
  await enrol("Ada Lovelace", "staff", "makers");
  await enrol("Ben Baker", "staff");
  await enrol("Carl Trainee", "staff", "makers");
  await enrol("Cleo Clean", "staff", "cleaners");
  await enrol("Eve", "staff", "banned");
  await enrol("Sam", "staff");
  await enrol("Sam", "staff");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The command without a process of its own: what it prints, and what the process would end with. */
async function explain(...words: string[]) {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const { signal } = new AbortController();
  const context = { env: {}, print, write: () => {}, note: () => {}, isTerminal: false, signal };
  try {
    await runCommand(["explain", ...words, "--config", config], context);
    return { code: 0, out: printed.join("\n"), err: "" };
  } catch (error) {
    return { code: exitCodeOf(error), out: printed.join("\n"), err: messageOf(error) };
  }
}

describe("limen explain", () => {
  it("prints what docs/access.md shows", async () => {
    const words = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    const ran = await limen([...words, "--config", config]);
    const trimmed = ran.out
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n");
    expect(trimmed).toBe(printed);
    expect(ran.err).toBe("limen: Ben Baker may not pass front then [LIMEN_ACCESS_REFUSED]\n");
    expect(ran.code).toBe(1);
  });

  it.each([
    [
      "front",
      "Ben Baker",
      "2026-12-23 09:00",
      0,
      "may pass: last asked was schedule, by the word of the site; but the door is in mode shadow",
    ],
    ["front", "Ada Lovelace", "2026-12-24 09:00", 0, "by the word of person Ada Lovelace"],
    ["front", "Carl Trainee", "2026-01-15 09:00", 1, "what decides: valid from, by the word of person Carl Trainee"],
    ["workshop", "Carl Trainee", "2026-03-12 09:00", 1, "what decides: doors, by the word of person Carl Trainee"],
    ["workshop", "Ben Baker", "2026-03-12 09:00", 1, "refused, not_allowed_here: is known but may not use this door"],
    ["front", "Cleo Clean", "2026-03-12 23:30", 0, "schedule, by the word of group cleaners"],
    ["front", "Cleo Clean", "2026-03-12 12:00", 1, "refused, outside_schedule"],
    ["front", "Eve", "2026-03-12 12:00", 1, "refused, watch_list: is on the watch list"],
  ])("at %s, for %s on %s: exit code %i, %s", async (door, person, at, code, words) => {
    const ran = await explain("--door", door, "--person", person, "--at", at);
    expect(ran.out).toContain(words);
    expect(ran.code).toBe(code);
  });

  it("prints JSON for programs", async () => {
    const words = ["--door", "front", "--person", "Cleo Clean", "--at", "2026-03-13T05:59"];
    const ran = await limen(["explain", ...words, "--json", "--config", config]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(ran.out)).toMatchObject({
      door: "front",
      person: { name: "Cleo Clean" },
      at: "2026-03-13T04:59:00.000Z",
      local: "Fri 2026-03-13 05:59",
      timeZone: "Europe/Berlin",
      mode: "shadow",
      allowed: true,
      reason: "ok",
      group: "cleaners",
      decidedBy: { rule: "schedule", layer: "group", by: "cleaners", result: "passes" },
    });
  });

  it.each([
    [["--person", "Ada Lovelace", "--door", "frnt"], 2, 'there is no door "frnt" (did you mean "front"?)'],
    [["--person", "Ada Lovelace"], 2, "which door? give --door (front, workshop)"],
    [["--door", "front"], 2, "whom is it about? give --person"],
    [["--person", "Ada Lovelac", "--door", "front"], 7, 'did you mean "Ada Lovelace"?'],
    [["--person", "Sam", "--door", "front"], 2, "2 people are called Sam"],
    [["--person", "Eve", "--door", "front", "--at", "noon"], 2, '--at takes a time such as "2026-12-24 18:00"'],
    [
      ["--person", "Eve", "--door", "front", "--at", "2026-03-29 02:30"],
      2,
      "no clock in Europe/Berlin shows 2026-03-29 02:30",
    ],
  ])("%j is answered with what to do", async (words, code, said) => {
    const ran = await explain(...words);
    expect(ran.err).toContain(said);
    expect(ran.code).toBe(code);
  });
});

it("limen check warns of those whom the rules name and nobody is, or several are", async () => {
  const file = join(directory, "doubtful.yaml");
  const text = await readFile(config, "utf8");
  await writeFile(
    file,
    text
      .replace("persons:\n", "persons:\n  Sam: { doors: [] }\n  Nobody Known: { doors: [] }\n")
      .replace("cleaners:", "clowns:"),
  );
  const ran = await limen(["check", "--config", file]);
  expect(ran.err.split("\n").filter((line) => /^warning: (persons|groups|watch_list)/.test(line))).toEqual([
    "warning: persons.Sam: 2 people are called so, and all are meant; ids tell them apart",
    "warning: persons.Nobody Known: nobody is enrolled under this id or exact name",
    "warning: groups: nobody is in the collection clowns",
  ]);
  expect(ran.code).toBe(0);
});
