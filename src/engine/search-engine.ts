import { createFaceIndex } from "#engine/face-index";
import { createGate } from "#engine/gate";
import { MAX_RESULTS } from "#engine/kernel-layout";
import type { ScanCounts } from "#engine/scanner";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { FaceSearch, SearchRequest } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";
import type { StartWasmThread } from "#ports/wasm-thread";

const MAX_PROBE_FACES = 3;

/** Searches inside or waiting at once; more would only be late. */
const MAX_SEARCHES = 64;

/** What the event loop can spare for one search. */
const LONGEST_HERE_MS = 2;

/**
 * Starting and joining a second thread costs about 0.1 ms, and takes a core from somebody else. With this much for each, a FAST
 * scan of 100,000 faces of 512 numbers (4 ms on one thread) is a quarter shorter on two.
 */
const WORTH_A_THREAD_MS = 2;

/** People read from the gallery and put into memory in one go: a few ms, between which everything else gets its turn. */
const BATCH_PEOPLE = 250;

export interface SearchEngine extends FaceSearch, AsyncDisposable {
  /** Faces in memory. */
  readonly faces: number;
  /** Memory the engine asked of the system for them, bytes; it grows in steps and is used again, never given back. */
  memoryBytes(): number;
  /** Searches so far, by where they ran. */
  readonly scans: ScanCounts;
}

export interface SearchEngineOptions {
  readonly gallery: Gallery;
  readonly modelId: string;
  /** The model's "same person" cosine, where the score is 0.81. */
  readonly samePersonCosine: number;
  /** Length of the model's templates; left out, that of the first one enrolled. */
  readonly dimension?: number;
  /**
   * Hears once of a gallery that could not be read anew; what was read before stays in use and each search tries again (the
   * decision reads each person again anyway, so somebody removed meanwhile is refused).
   */
  readonly onFault: (error: unknown) => void;
  /** Hears how far the first reading has come, people. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Without it every scan runs on the calling thread. */
  readonly startThread?: StartWasmThread;
  /** Threads at most, 1 unless told. */
  readonly threads?: number;
  /** A scan expected to take longer than this leaves the calling thread, ms; 2 unless told. */
  readonly longestHereMs?: number;
  /** Each thread that takes part in a scan should have this much to do, ms; 2 unless told. */
  readonly worthAThreadMs?: number;
  /** Watches over threads that are stuck. */
  readonly clock?: Clock;
}

function check({ faces, maxResults, minScore }: SearchRequest, modelId: string): void {
  const wrong =
    faces.length === 0 || faces.length > MAX_PROBE_FACES
      ? `a search takes 1 to ${MAX_PROBE_FACES} faces, not ${faces.length}`
      : faces.some((face) => face.modelId !== modelId)
        ? "a face of another model cannot be compared with this gallery"
        : !(Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= MAX_RESULTS)
          ? `a search names 1 to ${MAX_RESULTS} people, not ${maxResults}`
          : Number.isNaN(minScore)
            ? "the lowest score is not a number"
            : null;
  if (wrong !== null) throw new LimenError("LIMEN_SEARCH_INVALID", wrong);
}

/**
 * The embedded 1:N engine: every enrolled face in memory, every search over all of them, reduced to one cosine a person and
 * answered in API scores. That cosine is the best over the person's faces. For the 16 people of the searched collection who come
 * first by that (as many as are asked for, if those are more) the cosine to the mean of their faces is taken where it is higher,
 * and they are put in order anew; of one face, or of faces on average less alike than look-alikes, there is no mean (see mean-face).
 *
 * ACCURATE reads the faces in f32; FAST reads them in int8, a quarter of the bytes, and in f32 only those that a bound on the
 * rounding error cannot rule out, so both give the same answer. Follows the gallery: a change made by any process is searchable
 * within a second, and costs what has changed. Throws what the gallery throws, and LIMEN_SEARCH_FAILED when the faces do not fit
 * in memory.
 */
export async function openSearchEngine(options: SearchEngineOptions): Promise<SearchEngine> {
  const { gallery, modelId } = options;
  const index = createFaceIndex({
    samePersonCosine: options.samePersonCosine,
    dimension: options.dimension ?? null,
    threads: options.threads ?? 1,
    longestHereMs: options.longestHereMs ?? LONGEST_HERE_MS,
    worthAThreadMs: options.worthAThreadMs ?? WORTH_A_THREAD_MS,
    ...(options.startThread && { startThread: options.startThread }),
    ...(options.clock && { clock: options.clock }),
  });
  const gate = createGate();
  let mark: number | null = null;
  let searches = 0;

  /** Fills the empty memory; nobody searches yet. */
  const load = async (): Promise<void> => {
    let all = { people: 0, faces: 0 };
    let memory: Promise<void> | null = null;
    for await (const piece of gallery.everything(modelId)) {
      if (piece.kind === "start") {
        mark = piece.mark;
        all = piece;
      } else if (piece.kind === "faces") {
        for (const face of piece.faces) index.addFace(face);
        // The first face tells how long they are.
        memory ??= index.expect(all.faces - index.faces);
        options.onProgress?.(index.people, all.people);
        await new Promise((resolve) => setImmediate(resolve));
      } else for (const membership of piece.memberships) index.join(membership);
    }
    await memory;
  };

  /** Brings the memory up to what the gallery is now, batch by batch, each between two scans. */
  const follow = async (): Promise<void> => {
    const changed = await gallery.peopleChanged(mark);
    if (changed.isEverybody && index.people > 0) {
      const everybody = new Set(changed.personIds);
      await gate.alone(() => index.keepOnly((id) => everybody.has(id)));
    }
    for (let at = 0; at < changed.personIds.length; at += BATCH_PEOPLE) {
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      const ids = changed.personIds.slice(at, at + BATCH_PEOPLE);
      const people = await gallery.searchable(modelId, ids);
      const gone = new Set(ids);
      for (const { personId } of people) gone.delete(personId);
      await gate.alone(() => {
        for (const id of gone) index.remove(id);
        for (const person of people) index.put(person);
      });
    }
    for (const id of index.collectionIds) {
      const collection = await gallery.collection(id);
      if (collection !== null) await gate.alone(() => index.setCode(id, collection.code));
    }
    mark = changed.mark;
  };

  // Listening begins before the first reading, so that no change falls between the two.
  const stop = new AbortController();
  const changes = gallery.changes(stop.signal)[Symbol.asyncIterator]();
  let next = changes.next();
  next.catch(() => {});
  try {
    await load();
    await follow();
  } catch (error) {
    stop.abort();
    await next.catch(() => {});
    await index[Symbol.asyncDispose]();
    throw error;
  }

  let isStale = false;
  const refreshing = createGate();
  const refresh = (): Promise<void> =>
    refreshing.alone(async () => {
      try {
        await follow();
        isStale = false;
      } catch (error) {
        if (!isStale) options.onFault(error);
        isStale = true;
      }
    });
  const following = (async () => {
    while ((await next).done !== true) {
      await refresh();
      next = changes.next();
    }
  })().catch(options.onFault);

  return {
    get faces() {
      return index.faces;
    },
    scans: index.scans,
    memoryBytes: () => index.bytes,
    size: (collection) => index.size(collection),

    async search(request) {
      check(request, modelId);
      if (searches >= MAX_SEARCHES) {
        throw new LimenError("LIMEN_SEARCH_DEADLINE", `${MAX_SEARCHES} searches are waiting already`);
      }
      searches++;
      try {
        if (isStale) await refresh();
        return await gate.shared(() => {
          request.signal.throwIfAborted();
          return index.search(request);
        });
      } catch (error) {
        if (request.signal.aborted && !(error instanceof LimenError)) {
          throw new LimenError("LIMEN_SEARCH_DEADLINE", "the search was given up", { cause: error });
        }
        throw error;
      } finally {
        searches--;
      }
    },

    async [Symbol.asyncDispose]() {
      stop.abort();
      // Threads first: a change may be waiting for a scan to end.
      await index[Symbol.asyncDispose]();
      await following;
    },
  };
}
