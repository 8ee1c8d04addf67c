import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { openSearchEngine } from "#engine/search-engine";
import { idOf, MODEL, pictureOf } from "./made-up-faces.js";
import { type BenchResult, columns } from "./measure.js";

const PEOPLE = 1_000_000;
const DIMENSION = 512;
const BATCH = 10_000;

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
 * From a database of a million people (one face of 512 numbers each, all in one collection) to an engine that can be searched:
 * what the start of the daemon waits for. Values load_1m_512_s, of which open_s opens the file.
 */
export async function benchLoad(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  try {
    const file = join(directory, "limen.db");
    await fill(file);
    const rounds: { openS: number; loadS: number }[] = [];
    for (let round = 0; round < 2; round++) {
      const startMs = performance.now();
      await using store = await openStore(file);
      const openedMs = performance.now();
      await using engine = await openSearchEngine({
        gallery: createSqliteGallery(store, systemClock),
        modelId: MODEL,
        samePersonCosine: 0.5,
        startThread: startWasmThread,
        threads: 2,
        clock: systemClock,
        onFault: (error) => {
          throw error;
        },
      });
      const endMs = performance.now();
      if (engine.size("staff") !== PEOPLE) throw new Error(`${engine.size("staff")} people are searchable`);
      rounds.push({ openS: (openedMs - startMs) / 1000, loadS: (endMs - openedMs) / 1000 });
    }
    const [first, best] = [rounds[0], rounds.toSorted((a, b) => a.loadS - b.loadS)[0]];
    if (first === undefined || best === undefined) throw new Error("nothing was measured");
    return {
      values: { load_1m_512_s: first.loadS, open_s: first.openS, load_again_s: best.loadS },
      n: rounds.length,
      table: columns([
        ["1,000,000 people × 512", "open s", "load s"],
        ...rounds.map(({ openS, loadS }, i) => [`round ${i + 1}`, openS.toFixed(2), loadS.toFixed(2)]),
      ]),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
