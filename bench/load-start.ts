import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { openSearchEngine } from "#engine/search-engine";
import { idOf, MODEL, pictureOf, templateOf } from "./made-up-faces.js";

/**
 * One start, in a process of its own as the daemon's is: the database file argv[2] of argv[3] people, opened and read into an
 * engine, which is then asked for the last of them. Prints StartFigures as JSON; fails when anybody is missing.
 */
const [, , file = "", people = ""] = process.argv;
const last = Number(people) - 1;
const face = templateOf(pictureOf(last, 0, 512));

const cpu = process.cpuUsage();
const startMs = performance.now();
const store = await openStore(file);
const openedMs = performance.now();
const engine = await openSearchEngine({
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
const loadedMs = performance.now();
const [found] = await engine.search({
  faces: [face],
  collection: "staff",
  minScore: 0.5,
  maxResults: 1,
  mode: "ACCURATE",
  signal: AbortSignal.timeout(10_000),
});
const endMs = performance.now();
const { user, system } = process.cpuUsage(cpu);
if (found?.personId !== idOf(last)) throw new Error("the last person is not found");
if (engine.size("staff") !== last + 1) throw new Error(`${engine.size("staff")} people are searchable`);

process.stdout.write(
  JSON.stringify({
    openS: (openedMs - startMs) / 1000,
    loadS: (loadedMs - openedMs) / 1000,
    searchS: (endMs - loadedMs) / 1000,
    userS: user / 1e6,
    systemS: system / 1e6,
  }),
);
process.exit(0);
