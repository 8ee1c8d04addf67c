import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import type { Template } from "#core/face";
import { openSearchEngine, type SearchEngine, type SearchEngineOptions } from "#engine/search-engine";
import type { Gallery } from "#ports/gallery";
import type { StartWasmThread, WasmThread } from "#ports/wasm-thread";
import { templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { MemoryGallery } from "../../fakes/memory-gallery";

const DIMENSION = 64;

/** The same vectors in every run; `seed` 1, 2, 3 … are strangers to each other. */
function vectorOf(seed: number, dimension = DIMENSION): Float32Array {
  const values = Float32Array.from({ length: dimension }, (_, i) => Math.sin(seed * 78.233 + (i + 1) * seed * 12.9898));
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
const faceOf = (seed: number): Template => ({ modelId: "model-a", values: vectorOf(seed), norm: 3 });

async function galleryOf(people: number, facesEach = 1): Promise<MemoryGallery> {
  const gallery = new MemoryGallery();
  for (let i = 0; i < people; i++) {
    const faces = Array.from({ length: facesEach }, (_, k) => faceOf(1 + i * facesEach + k));
    await gallery.addPerson({ name: `P${i}`, collections: i % 3 === 0 ? ["third"] : [], faces });
  }
  return gallery;
}

let opened: SearchEngine | undefined;
afterEach(() => opened?.[Symbol.asyncDispose]());

async function engineOver(gallery: Gallery, options: Partial<SearchEngineOptions> = {}): Promise<SearchEngine> {
  opened = await openSearchEngine({
    gallery,
    modelId: "model-a",
    samePersonCosine: 0.5,
    onFault: (error) => {
      throw error;
    },
    ...options,
  });
  return opened;
}

const ask = (
  seed: number,
  changes: { signal?: AbortSignal; mode?: "FAST" | "ACCURATE"; collection?: string } = {},
) => ({
  faces: [faceOf(seed)],
  collection: null,
  minScore: 0,
  maxResults: 10,
  mode: "ACCURATE" as const,
  signal: new AbortController().signal,
  ...changes,
});

/** A thread whose answers the test gives. */
function handThread(): { start: StartWasmThread; started: number; answer: (result: number | Error) => void } {
  const pending: { resolve: (result: number) => void; reject: (error: Error) => void }[] = [];
  const hand = {
    started: 0,
    start: async (): Promise<WasmThread> => {
      hand.started++;
      return {
        run: () => new Promise((resolve, reject) => pending.push({ resolve, reject })),
        async [Symbol.asyncDispose]() {
          for (const call of pending.splice(0)) call.reject(new Error("stopped"));
        },
      };
    },
    answer: (result: number | Error) => {
      const call = pending.shift();
      if (result instanceof Error) call?.reject(result);
      else call?.resolve(result);
    },
  };
  return hand;
}

describe("the search engine", () => {
  it("gives the very same answer on two threads, on one, and on the calling thread", async () => {
    const gallery = await galleryOf(1500, 2);
    await using here = await engineOver(gallery);
    const elsewhere = { startThread: startWasmThread, longestHereMs: 0, clock: new FakeClock() };
    await using one = await engineOver(gallery, { ...elsewhere, threads: 1 });
    await using two = await engineOver(gallery, { ...elsewhere, threads: 2, worthAThreadMs: 0 });
    const compareAll = async (mode: "ACCURATE" | "FAST"): Promise<void> => {
      for (const seed of [1, 77, 3000, 9999]) {
        for (const collection of [undefined, "third"]) {
          const request = ask(seed, { mode, ...(collection && { collection }) });
          const truth = await here.search(request);
          expect(truth).toHaveLength(10);
          expect(await one.search(request)).toEqual(truth);
          expect(await two.search(request)).toEqual(truth);
        }
      }
    };
    await compareAll("ACCURATE");
    await compareAll("FAST");
    const before = one.memoryBytes();
    for (let i = 0; i < 1500; i++) {
      const faces = [faceOf(5000 + 3 * i), faceOf(5001 + 3 * i), faceOf(5002 + 3 * i)];
      await gallery.addPerson({ name: "Later", collections: i % 2 === 0 ? ["third"] : [], faces });
    }
    await expect.poll(() => [here.faces, one.faces, two.faces]).toEqual([7500, 7500, 7500]);
    // The threads see memory that was added while they were there.
    expect(one.memoryBytes()).toBeGreaterThan(before);
    await compareAll("ACCURATE");
    await compareAll("FAST");
    expect(here.scans).toMatchObject({ here: 32, inThreads: 0 });
    expect(one.scans).toMatchObject({ here: 0, inThreads: 32 });
    expect(two.scans).toMatchObject({ here: 0, inThreads: 32 });
  });

  it("keeps small galleries on the calling thread, and starts no thread for them", async () => {
    const hand = handThread();
    const engine = await engineOver(await galleryOf(50), { startThread: hand.start });
    for (let i = 0; i < 20; i++) await engine.search(ask(i));
    expect(engine.scans).toMatchObject({ here: 20, inThreads: 0 });
    expect(hand.started).toBe(0);
  });

  it("answers with an error when its thread fails, and starts another for the next search", async () => {
    const hand = handThread();
    const engine = await engineOver(await galleryOf(5), { startThread: hand.start, longestHereMs: 0 });
    const failed = engine.search(ask(1));
    await turn();
    hand.answer(new Error("gone"));
    await expect(failed).rejects.toThrow("gone");
    const strange = engine.search(ask(1));
    await turn();
    expect(hand.started).toBe(2);
    hand.answer(7);
    await expect(strange).rejects.toMatchObject({ code: "LIMEN_SEARCH_FAILED" });
  });

  it("answers with an error when the real thread dies, and with the right people afterwards", async () => {
    const threads: WasmThread[] = [];
    const engine = await engineOver(await galleryOf(50), {
      startThread: async (order) => {
        const thread = await startWasmThread(order);
        threads.push(thread);
        return thread;
      },
      longestHereMs: 0,
    });
    const truth = await engine.search(ask(7));
    await threads[0]?.[Symbol.asyncDispose]();
    await expect(engine.search(ask(7))).rejects.toMatchObject({ code: "LIMEN_SEARCH_FAILED" });
    expect(await engine.search(ask(7))).toEqual(truth);
    expect(threads).toHaveLength(2);
  });

  it("gives up a thread that never answers", async () => {
    const clock = new FakeClock();
    const engine = await engineOver(await galleryOf(5), { startThread: handThread().start, longestHereMs: 0, clock });
    const stuck = engine.search(ask(1));
    stuck.catch(() => {});
    await turn();
    await clock.advance(10_000);
    await expect(stuck).rejects.toMatchObject({ code: "LIMEN_SEARCH_FAILED" });
  });

  it("changes nothing under a running search, and everything right after it", async () => {
    const hand = handThread();
    const gallery = await galleryOf(5);
    const engine = await engineOver(gallery, { startThread: hand.start, longestHereMs: 0 });
    const running = engine.search(ask(1));
    await turn();
    await gallery.removePerson("person-1");
    await gallery.addPerson({ name: "New", collections: [], faces: [faceOf(500), faceOf(501)] });
    for (let i = 0; i < 5; i++) await turn();
    expect({ faces: engine.faces, people: engine.size(null) }).toEqual({ faces: 5, people: 5 });
    const later = engine.search(ask(1));
    hand.answer(0);
    expect(await running).toEqual([]);
    await turn();
    expect({ faces: engine.faces, people: engine.size(null) }).toEqual({ faces: 6, people: 5 });
    hand.answer(0);
    await later;
  });

  it("drops a search that nobody waits for any more", async () => {
    const hand = handThread();
    const engine = await engineOver(await galleryOf(5), { startThread: hand.start, longestHereMs: 0 });
    const stop = new AbortController();
    const given = engine.search(ask(1, { signal: stop.signal }));
    given.catch(() => {});
    await turn();
    stop.abort();
    hand.answer(1);
    await expect(given).rejects.toMatchObject({ code: "LIMEN_SEARCH_DEADLINE" });
    await expect(engine.search(ask(1, { signal: stop.signal }))).rejects.toMatchObject({
      code: "LIMEN_SEARCH_DEADLINE",
    });
  });

  it("refuses more searches than can wait", async () => {
    const engine = await engineOver(await galleryOf(5), { startThread: handThread().start, longestHereMs: 0 });
    const waiting = Array.from({ length: 64 }, () => engine.search(ask(1)));
    for (const search of waiting) search.catch(() => {});
    await expect(engine.search(ask(1))).rejects.toMatchObject({ code: "LIMEN_SEARCH_DEADLINE" });
    await engine[Symbol.asyncDispose]();
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
  });

  it("tells once of a gallery that cannot be read, goes on with what it has, and catches up", async () => {
    const gallery = await galleryOf(3);
    const faults: unknown[] = [];
    let isBroken = false;
    const { peopleChanged } = gallery;
    gallery.peopleChanged = async (mark) => {
      if (isBroken) throw new Error("the disk is away");
      return peopleChanged.call(gallery, mark);
    };
    const engine = await engineOver(gallery, { onFault: (error) => faults.push(error) });
    isBroken = true;
    const newcomer = await gallery.addPerson({ name: "New", collections: [], faces: [faceOf(900)] });
    await turn();
    for (let i = 0; i < 3; i++) expect(await engine.search(ask(900))).toHaveLength(3);
    expect(faults).toHaveLength(1);
    isBroken = false;
    expect((await engine.search(ask(900)))[0]).toEqual({ personId: newcomer.id, score: 1 });
  });

  it("says so when the gallery cannot be read at all", async () => {
    const gallery = new MemoryGallery();
    gallery.peopleChanged = () => Promise.reject(new Error("the disk is away"));
    await expect(engineOver(gallery)).rejects.toThrow("the disk is away");
  });

  it("forgets people who are not in a backup that was restored", async () => {
    const gallery = await galleryOf(4);
    const engine = await engineOver(gallery);
    const { peopleChanged } = gallery;
    gallery.peopleChanged = async () => ({ ...(await peopleChanged.call(gallery, null)), personIds: ["person-2"] });
    await gallery.addPerson({ name: "Wakes the engine", collections: [], faces: [faceOf(1)] });
    await turn();
    expect((await engine.search(ask(2))).map(({ personId }) => personId)).toEqual(["person-2"]);
  });

  it("uses the memory of people who left again", async () => {
    const gallery = await galleryOf(200, 10);
    const engine = await engineOver(gallery);
    const round = async (): Promise<void> => {
      const people = await gallery.people();
      for (const { id } of people) await gallery.removePerson(id);
      await turn();
      expect(engine.faces).toBe(0);
      for (let i = 0; i < 200; i++) {
        const faces = Array.from({ length: 10 }, (_, k) => faceOf(i * 10 + k));
        await gallery.addPerson({ name: "P", collections: ["staff"], faces });
      }
      await turn();
    };
    await round();
    const before = engine.memoryBytes();
    for (let i = 0; i < 5; i++) await round();
    expect(engine.faces).toBe(2000);
    expect(engine.memoryBytes()).toBe(before);
  });

  it("leaves templates of another length out, and refuses to search with one", async () => {
    const gallery = await galleryOf(2);
    await gallery.addPerson({ name: "Odd", collections: [], faces: [templateOf(0)] });
    const engine = await engineOver(gallery, { dimension: DIMENSION });
    expect(engine.size(null)).toBe(2);
    await expect(engine.search({ ...ask(1), faces: [templateOf(0)] })).rejects.toMatchObject({
      code: "LIMEN_SEARCH_INVALID",
    });
  });

  it("refuses a number of results, or a score, that makes no sense", async () => {
    const engine = await engineOver(await galleryOf(2));
    for (const wrong of [{ maxResults: 0 }, { maxResults: 101 }, { maxResults: 1.5 }, { minScore: Number.NaN }]) {
      await expect(engine.search({ ...ask(1), ...wrong })).rejects.toMatchObject({ code: "LIMEN_SEARCH_INVALID" });
    }
  });

  it("tells how far the first reading has come", async () => {
    const steps: number[] = [];
    await engineOver(await galleryOf(600), { onProgress: (done, all) => steps.push(done / all) });
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.at(-1)).toBe(1);
  });

  it("takes in what changes while it is being filled", async () => {
    const gallery = await galleryOf(600);
    const everything = gallery.everything.bind(gallery);
    gallery.everything = async function* (modelId) {
      let isFirst = true;
      for await (const piece of everything(modelId)) {
        yield piece;
        if (piece.kind !== "faces" || !isFirst) continue;
        isFirst = false;
        await gallery.removePerson("person-1");
        await gallery.addFaces("person-2", [faceOf(9000)]);
        await gallery.addPerson({ name: "Late", collections: ["third"], faces: [faceOf(9001)] });
      }
    };
    const engine = await engineOver(gallery);
    expect([engine.faces, engine.size(null)]).toEqual([601, 600]);
    expect((await engine.search(ask(1))).map(({ personId }) => personId)).not.toContain("person-1");
    expect((await engine.search(ask(9000)))[0]?.personId).toBe("person-2");
    expect((await engine.search(ask(9001, { collection: "third" })))[0]?.personId).toBe("person-601");
  });

  it("reads hardly anybody twice in FAST mode", async () => {
    const engine = await engineOver(await galleryOf(5000));
    for (let seed = 1; seed <= 100; seed++) {
      const fast = await engine.search(ask(seed, { mode: "FAST" }));
      expect(fast).toEqual(await engine.search(ask(seed)));
    }
    expect(engine.scans.judgedAgain / (100 * 5000)).toBeLessThan(0.1);
  });

  it("does not overflow on the longest templates of equal numbers", async () => {
    const gallery = new MemoryGallery();
    const flat = (sign: number): Template => ({
      modelId: "model-a",
      values: new Float32Array(2048).fill(sign),
      norm: 3,
    });
    await gallery.addPerson({ name: "Plus", collections: [], faces: [flat(1)] });
    await gallery.addPerson({ name: "Minus", collections: [], faces: [flat(-1)] });
    const engine = await engineOver(gallery);
    for (const mode of ["ACCURATE", "FAST"] as const) {
      for (const [sign, best] of [
        [1, "person-1"],
        [-1, "person-2"],
      ] as const) {
        const [first, second] = await engine.search({ ...ask(1, { mode }), faces: [flat(sign)] });
        expect(first?.personId).toBe(best);
        expect(first?.score).toBeCloseTo(1, 5);
        expect(second?.score).toBe(0);
      }
    }
  });

  it("finds everybody again among many, in both modes", async () => {
    const engine = await engineOver(await galleryOf(3000));
    await flush();
    for (let seed = 1; seed <= 3000; seed += 37) {
      for (const mode of ["ACCURATE", "FAST"] as const) {
        expect((await engine.search(ask(seed, { mode })))[0]?.personId).toBe(`person-${seed}`);
      }
    }
  });
});
