import { byScore, type Candidate } from "#core/candidate";
import type { Template } from "#core/face";
import { scoreOfCosine } from "#core/score";
import { LimenError } from "#errors";
import type { FaceSearch } from "#ports/face-search";
import type { EnrolledFace, Gallery, Person } from "#ports/gallery";

/** The searchable part of a gallery at one moment: one row of `dimension` floats a face, people by number. */
interface Snapshot {
  readonly dimension: number;
  readonly rows: Float32Array;
  /** Person number of each row. */
  readonly personOfRow: Int32Array;
  readonly personIds: readonly string[];
  /** Person numbers of each collection, by id and by code. */
  readonly collections: ReadonlyMap<string, ReadonlySet<number>>;
}

const MAX_PROBE_FACES = 3;

function buildSnapshot(
  faces: readonly EnrolledFace[],
  people: readonly Person[],
  codes: ReadonlyMap<string, string>,
): Snapshot {
  const dimension = faces[0]?.template.values.length ?? 0;
  const usable = faces.filter((face) => face.template.values.length === dimension);
  const rows = new Float32Array(usable.length * dimension);
  const personOfRow = new Int32Array(usable.length);
  const numberOf = new Map<string, number>();
  for (const [row, face] of usable.entries()) {
    const number = numberOf.get(face.personId) ?? numberOf.size;
    numberOf.set(face.personId, number);
    personOfRow[row] = number;
    rows.set(face.template.values, row * dimension);
  }
  const collections = new Map<string, Set<number>>();
  for (const person of people) {
    const number = numberOf.get(person.id);
    if (number === undefined) continue;
    for (const id of person.collections) {
      const members = collections.get(id) ?? new Set<number>();
      members.add(number);
      collections.set(id, members);
      const code = codes.get(id);
      if (code !== undefined) collections.set(code, members);
    }
  }
  return { dimension, rows, personOfRow, personIds: [...numberOf.keys()], collections };
}

/** Mean of unit vectors, made unit again: how several pictures of one person become one probe. */
function fuse(faces: readonly Template[], dimension: number): Float32Array {
  const probe = new Float32Array(dimension);
  for (const face of faces) {
    for (let i = 0; i < dimension; i++) probe[i] = (probe[i] ?? 0) + (face.values[i] ?? 0);
  }
  const length = Math.hypot(...probe);
  return length > 0 ? probe.map((value) => value / length) : probe;
}

/** Best cosine a person, over every row; −1 where a person has none. Four sums let the CPU overlap the multiplications. */
function bestCosines(snapshot: Snapshot, probe: Float32Array): Float32Array {
  const { dimension, rows, personOfRow } = snapshot;
  const best = new Float32Array(snapshot.personIds.length).fill(-1);
  for (let row = 0; row < personOfRow.length; row++) {
    const start = row * dimension;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dimension; i += 4) {
      a += (rows[start + i] ?? 0) * (probe[i] ?? 0);
      b += (rows[start + i + 1] ?? 0) * (probe[i + 1] ?? 0);
      c += (rows[start + i + 2] ?? 0) * (probe[i + 2] ?? 0);
      d += (rows[start + i + 3] ?? 0) * (probe[i + 3] ?? 0);
    }
    const cosine = a + b + c + d;
    const person = personOfRow[row] ?? 0;
    if (cosine > (best[person] ?? -1)) best[person] = cosine;
  }
  return best;
}

export interface ExactSearch extends FaceSearch, AsyncDisposable {
  /** Faces in memory. */
  readonly faces: number;
}

/**
 * The embedded 1:N engine: an exact scan over every enrolled face in memory, reduced to one best cosine a person and answered
 * in API scores. Follows the gallery: a change made by any process is searchable within a second.
 * `onFault` hears once of a reload that failed; the last good snapshot stays in use and each search tries again (the decision
 * re-reads each person anyway, so somebody removed meanwhile is refused).
 */
export async function openExactSearch(options: {
  gallery: Gallery;
  modelId: string;
  samePersonCosine: number;
  onFault: (error: unknown) => void;
}): Promise<ExactSearch> {
  const { gallery, modelId, samePersonCosine } = options;

  const load = async (): Promise<Snapshot> => {
    const people = await gallery.people();
    const codes = new Map<string, string>();
    for (const id of new Set(people.flatMap((person) => person.collections))) {
      const collection = await gallery.collection(id);
      if (collection !== null) codes.set(id, collection.code);
    }
    return buildSnapshot(await gallery.faces(modelId), people, codes);
  };

  let snapshot = await load();
  let stale = false;
  const refresh = async (): Promise<void> => {
    try {
      snapshot = await load();
      stale = false;
    } catch (error) {
      if (!stale) options.onFault(error);
      stale = true;
    }
  };
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of gallery.changes(stop.signal)) await refresh();
  })().catch(options.onFault);

  const membersOf = (collection: string | null): ReadonlySet<number> | null =>
    collection === null ? null : (snapshot.collections.get(collection) ?? new Set());

  return {
    get faces() {
      return snapshot.personOfRow.length;
    },

    size(collection) {
      return membersOf(collection)?.size ?? snapshot.personIds.length;
    },

    async search({ faces, collection, minScore, maxResults }) {
      if (faces.length === 0 || faces.length > MAX_PROBE_FACES) {
        throw new LimenError(
          "LIMEN_SEARCH_INVALID",
          `a search takes 1 to ${MAX_PROBE_FACES} faces, not ${faces.length}`,
        );
      }
      if (faces.some((face) => face.modelId !== modelId)) {
        throw new LimenError("LIMEN_SEARCH_INVALID", "a face of another model cannot be compared with this gallery");
      }
      if (stale) await refresh();
      const members = membersOf(collection);
      if (snapshot.personIds.length === 0 || members?.size === 0) return [];
      const best = bestCosines(snapshot, fuse(faces, snapshot.dimension));
      const found: Candidate[] = [];
      for (const [number, cosine] of best.entries()) {
        if (members !== null && !members.has(number)) continue;
        const score = scoreOfCosine(cosine, samePersonCosine);
        const personId = snapshot.personIds[number];
        if (score >= minScore && personId !== undefined) found.push({ personId, score });
      }
      return found.sort(byScore).slice(0, maxResults);
    },

    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}
