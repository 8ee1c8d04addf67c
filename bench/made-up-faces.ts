import type { Template } from "#core/face";
import type { EnrolledFace, Gallery } from "#ports/gallery";

export const MODEL = "bench";
export const FACES_A_PERSON = 5;
const PIECE_PEOPLE = 250;
/** Noise over centre: pictures of one identity have a cosine of about 0.67. */
const NOISE = 0.7;

/** Gaussian numbers, drawn once; a vector is a piece of them from a random place. */
const POOL = 1 << 22;

/** The same numbers in every run (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pool = ((): Float32Array => {
  const random = randomOf(7);
  return Float32Array.from(
    { length: POOL },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
})();

function toUnit(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value * value;
  const length = Math.sqrt(sum);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / length;
  return values;
}

/** Picture `picture` of identity `identity`: its centre, the same in every picture, and noise of its own. */
export function pictureOf(identity: number, picture: number, dimension: number): Float32Array {
  const random = randomOf(identity * 2 + 1);
  // Two pieces, because one alone would be somebody else's too before long.
  const one = Math.floor(random() * (POOL - dimension));
  const two = Math.floor(random() * (POOL - dimension));
  const noise = Math.floor(randomOf(-(identity * 64 + picture * 2 + 2))() * (POOL - dimension));
  const values = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) {
    const centre = Math.SQRT1_2 * ((pool[one + i] ?? 0) + (pool[two + i] ?? 0));
    values[i] = centre + NOISE * (pool[noise + i] ?? 0);
  }
  return toUnit(values);
}

export const idOf = (identity: number): string => identity.toString(16).padStart(24, "0");
export const templateOf = (values: Float32Array): Template => ({ modelId: MODEL, values, norm: 4 });

/** A gallery that makes its people up as they are read. */
export function madeUpGallery(people: number, dimension: number): Gallery {
  const nothing = (): never => {
    throw new Error("the bench's gallery is only read");
  };
  return {
    addPerson: nothing,
    people: nothing,
    person: nothing,
    noteLookAlikes: nothing,
    lookAlikesOf: nothing,
    removePerson: nothing,
    collection: async () => null,
    peopleChanged: async (mark) => ({ mark: mark ?? 0, personIds: [], isEverybody: false }),
    searchable: nothing,
    async *everything() {
      yield { kind: "start", mark: 0, people, faces: people * FACES_A_PERSON };
      for (let first = 0; first < people; first += PIECE_PEOPLE) {
        const faces: EnrolledFace[] = [];
        for (let identity = first; identity < Math.min(people, first + PIECE_PEOPLE); identity++) {
          for (let picture = 0; picture < FACES_A_PERSON; picture++) {
            const template = templateOf(pictureOf(identity, picture, dimension));
            faces.push({ personId: idOf(identity), template });
          }
        }
        yield { kind: "faces", faces };
      }
    },
    async *changes(signal) {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}
