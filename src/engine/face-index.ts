import { byScore, type Candidate } from "#core/candidate";
import { cosineToMean, leastLikeness } from "#core/mean-face";
import { cosineOfScore, scoreOfCosine } from "#core/score";
import { createFaceRows, type FaceRows } from "#engine/face-rows";
import { instantiateKernel, kernelModule, TOUCH } from "#engine/kernel";
import { BLOCK_FACES, blockBytes, MAX_DIMENSION } from "#engine/kernel-layout";
import { floorOfBest, placesToScan } from "#engine/mean-face";
import { createMemoryArena } from "#engine/memory-arena";
import { createRoster } from "#engine/roster";
import { fuse } from "#engine/rounding";
import { createScanner, type ScanCounts } from "#engine/scanner";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { SearchRequest } from "#ports/face-search";
import type { EnrolledFace, Membership, SearchablePerson } from "#ports/gallery";
import type { StartWasmThread } from "#ports/wasm-thread";

/** Searchable people in memory. Nothing here waits for a running scan: the caller keeps changes and scans apart. */
export interface FaceIndex extends AsyncDisposable {
  readonly people: number;
  readonly faces: number;
  readonly bytes: number;
  readonly scans: ScanCounts;
  readonly collectionIds: readonly string[];
  setCode(collectionId: string, code: string): void;
  /** People searchable in a collection (id or code); null = all. */
  size(collection: string | null): number;
  /** Takes a person as they are now; without faces they are not searchable. */
  put(person: SearchablePerson): void;
  /** One more face of somebody, who becomes searchable with the first. */
  addFace(face: EnrolledFace): void;
  /**
   * So many more faces are coming: a thread of its own gets the memory for them ready, which takes the system seconds for a gallery of
   * a million. Resolves when that is done; faces may be added meanwhile. It never fails: what is not ready is made so later.
   */
  expect(faces: number): Promise<void>;
  /** Somebody searchable is in this collection too; of others it says nothing. */
  join(membership: Membership): void;
  remove(personId: string): void;
  keepOnly(isWanted: (personId: string) => boolean): void;
  /** Throws LIMEN_SEARCH_INVALID for templates of the wrong length, and what Scanner.scan throws. */
  search(request: SearchRequest): Promise<Candidate[]>;
}

/** Below it (some 100,000 faces) the memory is there sooner than a thread. */
const WORTH_PREPARING_BYTES = 2 ** 28;

/** Where the contract's score floor becomes a cosine floor, rounding must not lose anybody: f32 sums are off by less than half of it. */
const FLOOR_SLACK = 2e-4;

/** A mean so little nearer than the best face may be that face: one picture, enrolled twice, counts as it does enrolled once. */
const SAME_COSINE = 5e-7;

/** The f32 at or just above a number. */
function float32From(value: number): number {
  const near = Math.fround(value);
  return near >= value ? near : Math.fround(near + 2 ** -24);
}

export function createFaceIndex(options: {
  samePersonCosine: number;
  /** Length of the templates; null = that of the first one put. Templates of any other length are left out. */
  dimension: number | null;
  threads: number;
  longestHereMs: number;
  worthAThreadMs: number;
  startThread?: StartWasmThread;
  clock?: Clock;
}): FaceIndex {
  const { samePersonCosine: knee } = options;
  const arena = createMemoryArena();
  const kernel = instantiateKernel(arena.memory);
  const roster = createRoster(arena);
  const scanner = createScanner({
    arena,
    kernel,
    compare: (a, b) => (roster.idOf(a) < roster.idOf(b) ? -1 : 1),
    threads: options.threads,
    longestHereMs: options.longestHereMs,
    worthAThreadMs: options.worthAThreadMs,
    ...(options.startThread && { startThread: options.startThread }),
    ...(options.clock && { clock: options.clock }),
  });
  const ceiling = float32From(cosineOfScore(1, knee));
  const least = leastLikeness(knee);
  let dimension = options.dimension;
  let rows: FaceRows | undefined;

  const rowsFor = (length: number): FaceRows | undefined => {
    dimension ??= length;
    if (dimension > MAX_DIMENSION || dimension === 0) {
      throw new LimenError("LIMEN_SEARCH_FAILED", `templates have 1 to ${MAX_DIMENSION} numbers, not ${dimension}`);
    }
    rows ??= createFaceRows(arena, kernel, roster, dimension);
    return length === dimension ? rows : undefined;
  };

  const size = (collection: string | null): number =>
    collection === null ? roster.size : (roster.members(collection)?.size ?? 0);

  const remove = (personId: string): void => {
    const person = roster.numberOf(personId);
    if (person === undefined) return;
    rows?.removeAllOf(person);
    roster.dismiss(personId);
  };

  /** Cosine to the best face, or to the mean of the faces where that is nearer; in f32 and clamped, as the scan's are. */
  const nearest = (cosine: number, vectors: readonly number[], probe: Float32Array): number => {
    const toMean = Math.min(ceiling, Math.fround(cosineToMean(probe, arena.views.f32, vectors, least)));
    return toMean > cosine + SAME_COSINE ? toMean : cosine;
  };

  return {
    get people() {
      return roster.size;
    },
    get faces() {
      return rows?.count ?? 0;
    },
    get bytes() {
      return arena.bytes;
    },
    get collectionIds() {
      return roster.collectionIds;
    },
    scans: scanner.counts,
    setCode: roster.setCode,
    size,
    remove,
    keepOnly(isWanted) {
      for (const id of roster.ids()) if (!isWanted(id)) remove(id);
    },

    put({ personId, collections, faces }) {
      remove(personId);
      const usable = faces.filter(({ values }) => rowsFor(values.length) !== undefined);
      if (usable.length === 0) return;
      const person = roster.admit(personId, collections);
      for (const { values } of usable) rows?.add(person, values);
    },

    addFace({ personId, template: { values } }) {
      const usable = rowsFor(values.length);
      usable?.add(roster.numberOf(personId) ?? roster.admit(personId, []), values);
    },

    async expect(count) {
      const bytes = Math.ceil(count / BLOCK_FACES) * (rows === undefined ? 0 : blockBytes(rows.dimension));
      if (options.startThread === undefined || bytes < WORTH_PREPARING_BYTES) return;
      const order = arena.take(8);
      try {
        const { from, end } = arena.expect(bytes);
        arena.views.u32.set([from, end], order / 4);
        await using thread = await options.startThread({ module: kernelModule(), memory: arena.memory, entry: TOUCH });
        await thread.run(order);
      } catch {
        // No thread, or not so much memory: adding the faces will say so, if it matters.
      } finally {
        arena.giveBack(order, 8);
      }
    },

    join({ personId, collectionId }) {
      const person = roster.numberOf(personId);
      if (person !== undefined) roster.join(person, [collectionId]);
    },

    async search({ faces, collection, minScore, maxResults, mode, signal }) {
      const wrong = faces.find(({ values }) => dimension !== null && values.length !== dimension);
      if (wrong !== undefined) {
        throw new LimenError("LIMEN_SEARCH_INVALID", `a template has ${dimension} numbers, not ${wrong.values.length}`);
      }
      const members = collection === null ? null : roster.members(collection);
      const searched = size(collection);
      if (rows === undefined || searched === 0) return [];
      const searchedRows = rows;
      const probe = fuse(faces, rows.dimension);
      const found = await scanner.scan(
        {
          faces: rows.count,
          dimension: rows.dimension,
          blockTable: rows.blockTable,
          persons: roster.address,
          members,
          share: searched / roster.size,
          fast: mode === "FAST",
          capacity: placesToScan(maxResults),
          floor: Math.max(0, floorOfBest(cosineOfScore(minScore, knee), least) - FLOOR_SLACK),
          ceiling,
          probe,
        },
        signal,
      );
      return found
        .map(({ person, cosine }) => ({
          personId: roster.idOf(person),
          score: scoreOfCosine(nearest(cosine, searchedRows.vectorsOf(person), probe), knee),
        }))
        .filter(({ score }) => score >= minScore)
        .sort(byScore)
        .slice(0, maxResults);
    },

    [Symbol.asyncDispose]: () => scanner[Symbol.asyncDispose](),
  };
}
