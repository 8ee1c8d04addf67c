import { describe, expect, it } from "vitest";
import { LimenError } from "#errors";
import type { EnrolmentOrder } from "#flow/enrolment";
import { type ImportOutcome, importPeople } from "#flow/people-import";
import { templateOf } from "../../fakes/faces";
import { MemoryGallery } from "../../fakes/memory-gallery";

/** Folders by name, each with what enrolling from it ends with. */
function house(folders: Record<string, "good" | Error>) {
  const gallery = new MemoryGallery();
  const orders: EnrolmentOrder[] = [];
  const stop = new AbortController();
  const run = async (onOutcome?: (outcome: ImportOutcome) => void) => {
    const outcomes: ImportOutcome[] = [];
    const parts = {
      gallery,
      photosOf: async (folder: string) => [`${folder}/1.jpg`],
      enrol: async (order: EnrolmentOrder) => {
        orders.push(order);
        const { name, collections } = order;
        const end = folders[name];
        if (end instanceof Error) throw end;
        const person = await gallery.addPerson({ name, collections, faces: [templateOf(orders.length)] });
        return { person, lookAlikes: [], taken: [] };
      },
    };
    const order = { folders: Object.keys(folders), collections: ["staff"], allowDuplicate: false };
    for await (const outcome of importPeople(parts, order, stop.signal)) {
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
    return outcomes.map(({ outcome, name }) => `${name}: ${outcome}`);
  };
  return { gallery, orders, run, stop };
}

const NO_FACE = new LimenError("LIMEN_PHOTO_NO_FACE", "Ben/1.jpg: no face was found", { hint: "use another photo" });

describe("importing people", () => {
  it("goes on past somebody who is refused, and says why", async () => {
    const { run, orders } = house({ Ada: "good", Ben: NO_FACE, Carl: "good" });
    const seen: ImportOutcome[] = [];
    expect(await run((outcome) => seen.push(outcome))).toEqual(["Ada: enrolled", "Ben: refused", "Carl: enrolled"]);
    expect(seen[1]).toEqual({
      outcome: "refused",
      name: "Ben",
      code: "LIMEN_PHOTO_NO_FACE",
      reason: "Ben/1.jpg: no face was found",
      hint: "use another photo",
    });
    expect(orders[0]).toMatchObject({ photos: ["Ada/1.jpg"], collections: ["staff"], allowDuplicate: false });
  });

  it("tries again only those who are not enrolled, when it is run again", async () => {
    const { run, orders } = house({ Ada: "good", Ben: NO_FACE });
    await run();
    expect(await run()).toEqual(["Ada: already_there", "Ben: refused"]);
    expect(orders.map(({ name }) => name)).toEqual(["Ada", "Ben", "Ben"]);
  });

  it("takes two folders that spell one name for one person", async () => {
    const { run } = house({ "Zo\u00eb": "good", "Zoe\u0308": "good" });
    expect(await run()).toEqual(["Zo\u00eb: enrolled", "Zo\u00eb: already_there"]);
  });

  it.each([new LimenError("LIMEN_STORE_FULL", "the disk is full"), new TypeError("a fault")])(
    "stops at a fault of the machine (%s); whoever is enrolled stays so",
    async (fault) => {
      const { run, gallery } = house({ Ada: "good", Ben: fault, Carl: "good" });
      await expect(run()).rejects.toBe(fault);
      expect((await gallery.people()).map(({ name }) => name)).toEqual(["Ada"]);
    },
  );

  it("stops between two people when it is told to, and goes on behind them the next time", async () => {
    const { run, stop, gallery } = house({ Ada: "good", Ben: "good" });
    await expect(run(() => stop.abort(new Error("stopped")))).rejects.toThrow("stopped");
    expect((await gallery.people()).map(({ name }) => name)).toEqual(["Ada"]);
  });
});
