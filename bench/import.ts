import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import type { FoundFace } from "#core/face";
import { openSearchEngine } from "#engine/search-engine";
import { createEnroller } from "#flow/enroller";
import { enrol } from "#flow/enrolment";
import { importPeople } from "#flow/people-import";
import type { FaceFinder } from "#ports/face-finder";
import type { PhotoReader } from "#ports/photo-reader";
import { randomUnit } from "./gallery.js";
import { type BenchResult, columns, memoryOf } from "./measure.js";

const PEOPLE = 10_000;
const LOOKS = [1000, 5000, PEOPLE];
const DIMENSION = 512;
const PICTURE_SIDE = 640;

const corner = { x: 0, y: 0 };
const FACE: FoundFace = {
  box: { left: 100, top: 100, width: 200, height: 250 },
  confidence: 1,
  points: [corner, corner, corner, corner, corner],
  yaw: 0,
  sharpness: 50,
};

/** A photo of a stranger of the size that is usual: the picture is real memory, what is found in it is made up. */
const reader: PhotoReader = {
  read: async () => ({
    width: PICTURE_SIDE,
    height: PICTURE_SIDE,
    rgb: new Uint8Array(PICTURE_SIDE * PICTURE_SIDE * 3),
  }),
};
const finder: FaceFinder = {
  modelId: "bench",
  samePersonCosine: 0.5,
  minNorm: 3,
  borderlineNorm: 3,
  find: async () => [FACE],
  describe: async () => ({
    template: { modelId: "bench", values: randomUnit(DIMENSION), norm: 3.6 },
    liveness: null,
  }),
};

/**
 * 10,000 people imported from a photo each by everything `limen people import` does but decoding and the models: the order of
 * things, the look for duplicates in the engine, and a database that waits for the disk. Values rss_1000_mb, rss_5000_mb,
 * rss_10000_mb of this process (its start included), people_per_second, and last_over_first: the time of the last thousand over
 * that of the first.
 */
export async function benchImport(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  try {
    await using store = await openStore(join(directory, "limen.db"));
    const gallery = createSqliteGallery(store, systemClock);
    const { modelId, samePersonCosine } = finder;
    const onFault = (error: unknown): void => {
      throw error;
    };
    await using search = await openSearchEngine({ gallery, modelId, samePersonCosine, onFault });
    const enroller = createEnroller({ finder, gallery, search });
    const parts = {
      gallery,
      photosOf: async (folder: string) => [folder],
      enrol: (order: Parameters<typeof enrol>[1], signal: AbortSignal) =>
        enrol({ reader, enroller, gallery, samePersonCosine }, order, signal),
    };
    const folders = Array.from({ length: PEOPLE }, (_, i) => `Person ${i}`);
    const order = { folders, collections: ["staff"], allowDuplicate: false };
    const startMs = performance.now();
    const thousands: number[] = [startMs];
    const rss: number[] = [];
    let done = 0;
    for await (const { outcome } of importPeople(parts, order, new AbortController().signal)) {
      if (outcome !== "enrolled") throw new Error(`somebody was ${outcome}`);
      done++;
      if (done % 1000 === 0) thousands.push(performance.now());
      if (LOOKS.includes(done)) rss.push(memoryOf(process.pid).nowMb);
    }
    const seconds = (performance.now() - startMs) / 1000;
    const took = thousands.slice(1).map((ms, i) => ms - (thousands[i] ?? 0));
    const growth = (took.at(-1) ?? Number.NaN) / (took[0] ?? Number.NaN);
    const [first = Number.NaN, middle = Number.NaN, last = Number.NaN] = rss;
    return {
      values: {
        rss_1000_mb: first,
        rss_5000_mb: middle,
        rss_10000_mb: last,
        people_per_second: PEOPLE / seconds,
        last_over_first: growth,
      },
      n: PEOPLE,
      table: columns([
        ["import of 10,000 people, a photo each, models made up", ""],
        ["resident after 1,000, MB", first.toFixed(0)],
        ["resident after 5,000, MB", middle.toFixed(0)],
        ["resident after 10,000, MB", last.toFixed(0)],
        ["people a second", (PEOPLE / seconds).toFixed(0)],
        ["time of the last thousand over the first", growth.toFixed(2)],
      ]),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
