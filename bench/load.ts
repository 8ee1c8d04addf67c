import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { openStore } from "#adapters/sqlite/database";
import { idOf, MODEL, pictureOf } from "./made-up-faces.js";
import { type BenchResult, columns, medianOf } from "./measure.js";

const PEOPLE = 1_000_000;
const DIMENSION = 512;
const BATCH = 10_000;
const ROUNDS = 5;

const run = promisify(execFile);
const START = fileURLToPath(new URL("./load-start.js", import.meta.url));

/** What load-start prints: seconds for opening the file, reading it, the first search; seconds of CPU, all threads together. */
const StartFigures = z.object({
  openS: z.number(),
  loadS: z.number(),
  searchS: z.number(),
  userS: z.number(),
  systemS: z.number(),
});

/** One face a person, all in one collection, straight into the tables: enrolling them takes an hour and is not what is measured. */
async function fill(file: string): Promise<void> {
  await using store = await openStore(file);
  const { connection } = store;
  // Only while filling: what is made up may be lost.
  connection.pragma("synchronous = OFF");
  const collection = "c".repeat(24);
  connection.prepare("INSERT INTO collections VALUES (?, 'staff', 'staff', 0)").run(collection);
  const person = connection.prepare(
    "INSERT INTO persons (id, name, name_key, active, created_at, modified_at) VALUES (@id, @name, @name, 1, 0, 0)",
  );
  const face = connection.prepare(
    "INSERT INTO faces (id, person_id, model_id, template, norm, created_at) VALUES (@id, @id, @model, @template, 4, 0)",
  );
  const member = connection.prepare("INSERT INTO memberships VALUES (?, ?)");
  const insert = connection.transaction((first: number) => {
    for (let i = first; i < first + BATCH; i++) {
      const id = idOf(i);
      const values = pictureOf(i, 0, DIMENSION);
      person.run({ id, name: `p${i}` });
      face.run({ id, model: MODEL, template: Buffer.from(values.buffer) });
      member.run(collection, id);
    }
  });
  for (let first = 0; first < PEOPLE; first += BATCH) insert(first);
  connection.prepare("UPDATE revision SET number = number + 1").run();
}

/**
 * From a database of a million people (one face of 512 numbers each, all in one collection) to an engine that has answered: what
 * the start of the daemon waits for, each time in a process of its own. Nothing is done about the system's cache of files: where
 * it has room for 2.7 GB, the file that was just written lies there. Values start_1m_512_s (median), of which open_s opens the
 * file; worst_start_s; cpu_s, of all threads.
 */
export async function benchLoad(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  try {
    const file = join(directory, "limen.db");
    await fill(file);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const load = loadavg()[0] ?? Number.NaN;
      const { stdout } = await run(process.execPath, ["--enable-source-maps", START, file, String(PEOPLE)]);
      const figures = StartFigures.parse(JSON.parse(stdout));
      rounds.push({ ...figures, load, startS: figures.openS + figures.loadS + figures.searchS });
    }
    const starts = rounds.map(({ startS }) => startS);
    return {
      values: {
        start_1m_512_s: medianOf(starts),
        worst_start_s: Math.max(...starts),
        open_s: medianOf(rounds.map(({ openS }) => openS)),
        cpu_s: medianOf(rounds.map(({ userS, systemS }) => userS + systemS)),
      },
      n: rounds.length,
      table: columns([
        [
          "1,000,000 people × 512",
          "start s",
          "open",
          "load",
          "first search",
          "CPU user",
          "system",
          "load average before",
        ],
        ...rounds.map(({ startS, openS, loadS, searchS, userS, systemS, load }, i) => [
          `round ${i + 1}`,
          ...[startS, openS, loadS, searchS, userS, systemS, load].map((value) => value.toFixed(2)),
        ]),
      ]),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
