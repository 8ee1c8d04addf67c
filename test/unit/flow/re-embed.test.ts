import { describe, expect, it } from "vitest";
import { LimenError } from "#errors";
import { type ReEmbedOutcome, reEmbed } from "#flow/re-embed";
import type { OldFace, TemplateUpkeep } from "#ports/template-upkeep";
import { createColourFinder } from "../../fakes/colour-finder";

interface Kept {
  readonly faces: readonly OldFace[];
  readonly isSearchable?: boolean;
}

/** A kept photo as one byte: whose face the new model sees in it. */
const photo = (faceId: string, person: number): OldFace => ({ faceId, photo: new Uint8Array([person]) });
const FACELESS = 30;
const DAMAGED = 31;

function desk(people: Record<string, Kept>) {
  const finder = createColourFinder();
  const renewed: string[][] = [];
  const stop = new AbortController();
  const upkeep: TemplateUpkeep = {
    peopleToRenew: async () => Object.keys(people),
    oldFaces: async (id) => {
      const known = people[id];
      return known === undefined ? null : { name: `name of ${id}`, isSearchable: false, ...known };
    },
    renew: async (faces) => {
      renewed.push(faces.map(({ faceId, template }) => `${faceId}=${template.values.indexOf(1)} ${template.modelId}`));
    },
  };
  const reader = {
    async decode([person = 0]: Uint8Array) {
      if (person === DAMAGED) throw new LimenError("LIMEN_PHOTO_UNREADABLE", "cut short");
      const count = person === FACELESS ? 0 : 1;
      return { width: 1, height: 1, rgb: Uint8Array.of(count * 40, person * 8, 0), original: { width: 1, height: 1 } };
    },
  };
  const run = async (write = true, onOutcome?: (outcome: ReEmbedOutcome) => void) => {
    const outcomes: ReEmbedOutcome[] = [];
    const counts: number[] = [];
    const work = reEmbed({ upkeep, finder, reader }, { write, onCount: (count) => counts.push(count) }, stop.signal);
    for await (const outcome of work) {
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
    return { outcomes, counts };
  };
  return { run, renewed, finder, stop, people };
}

describe("making templates anew", () => {
  it("renews every kept face of a person in one write, and counts what it could not", async () => {
    const { run, renewed } = desk({
      ada: { faces: [photo("a", 1), { faceId: "b", photo: null }, photo("c", 1)] },
      bob: { faces: [photo("d", 2)] },
    });
    const { outcomes, counts } = await run();
    expect(counts).toEqual([2]);
    expect(outcomes).toEqual([
      { outcome: "renewed", id: "ada", name: "name of ada", faces: 2, left: 1 },
      { outcome: "renewed", id: "bob", name: "name of bob", faces: 1, left: 0 },
    ]);
    expect(renewed).toEqual([["a=1 model-a", "c=1 model-a"], ["d=2 model-a"]]);
  });

  it.each([
    ["no photo was kept", "without_photo", [{ faceId: "a", photo: null }]],
    ["the new model finds no face in the kept photo", "refused", [photo("a", FACELESS)]],
    ["the kept photo is damaged", "refused", [photo("a", DAMAGED)]],
    ["the kept photos do not look like one person to the new model", "refused", [photo("a", 1), photo("b", 2)]],
  ] as const)("leaves a person as they are when %s", async (reason, outcome, faces) => {
    const { run, renewed } = desk({ ada: { faces, isSearchable: true } });
    expect((await run()).outcomes).toEqual([{ outcome, id: "ada", name: "name of ada", reason, isSearchable: true }]);
    expect(renewed).toEqual([]);
  });

  it("leaves a person whose new template would be too weak", async () => {
    const { run, renewed, finder } = desk({ ada: { faces: [photo("a", 1)] } });
    finder.norm = 3.1;
    expect((await run()).outcomes).toMatchObject([{ outcome: "refused", isSearchable: false }]);
    finder.norm = Number.NaN;
    expect((await run()).outcomes).toMatchObject([{ outcome: "refused" }]);
    expect(renewed).toEqual([]);
  });

  it("keeps the old template of a face that has no good new one", async () => {
    const { run, renewed } = desk({ ada: { faces: [photo("a", FACELESS), photo("b", 1)] } });
    expect((await run()).outcomes).toMatchObject([{ outcome: "renewed", faces: 1, left: 1 }]);
    expect(renewed).toEqual([["b=1 model-a"]]);
  });

  it("writes nothing in a dry run, and says the same", async () => {
    const { run, renewed } = desk({ ada: { faces: [photo("a", 1)] } });
    const dry = await run(false);
    expect(renewed).toEqual([]);
    expect(dry).toEqual(await run());
  });

  it("stops between two people, and passes over who is gone", async () => {
    const { run, renewed, stop, people } = desk({
      ada: { faces: [photo("a", 1)] },
      gone: { faces: [] },
      bob: { faces: [photo("b", 2)] },
    });
    await expect(run(true, () => stop.abort(new Error("stopped")))).rejects.toThrow("stopped");
    expect(renewed).toEqual([["a=1 model-a"]]);
    const next = desk(people);
    delete people["gone"];
    expect((await next.run()).outcomes).toHaveLength(2);
  });

  it("lets a fault of the machine through", async () => {
    const { run, finder } = desk({ ada: { faces: [photo("a", 1)] } });
    finder.before = async () => {
      throw new LimenError("LIMEN_MODEL_RUN", "no memory");
    };
    await expect(run()).rejects.toMatchObject({ code: "LIMEN_MODEL_RUN" });
  });
});
