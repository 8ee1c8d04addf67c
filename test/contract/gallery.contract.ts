import { afterEach, describe, expect, it } from "vitest";
import type { Template } from "#core/face";
import type { Gallery, GalleryPiece } from "#ports/gallery";
import { allFaces } from "../fakes/all-faces";
import { templateOf } from "../fakes/faces";

export interface GalleryUnderTest extends AsyncDisposable {
  readonly gallery: Gallery;
  /** Adds a face to somebody enrolled, as whoever manages the same people does. */
  addFace(personId: string, face: Template): Promise<unknown>;
}

/** What every gallery must do, whatever it is made of. */
export function galleryContract(name: string, open: () => Promise<GalleryUnderTest>): void {
  describe(`${name} as a gallery`, () => {
    let opened: GalleryUnderTest | undefined;
    const start = async (): Promise<Gallery> => {
      opened = await open();
      return opened.gallery;
    };
    afterEach(async () => {
      await opened?.[Symbol.asyncDispose]();
    });

    it("keeps a person with faces and collections", async () => {
      const gallery = await start();
      const ada = await gallery.addPerson({
        name: " Ada ",
        notes: "n",
        collections: ["staff", "lab"],
        faces: [templateOf(0), templateOf(1)],
      });
      expect(ada).toMatchObject({ name: "Ada", notes: "n", active: true, faces: 2 });
      expect(await gallery.person(ada.id)).toEqual(ada);
      const staff = await gallery.collection("staff");
      expect(staff).toMatchObject({ code: "staff" });
      expect(ada.collections).toContain(staff?.id);
      expect(await gallery.people("lab")).toEqual([ada]);
      expect(await gallery.people("nowhere")).toEqual([]);
    });

    it("gives back the very numbers of a template, of one model only", async () => {
      const gallery = await start();
      const face = { modelId: "model-a", values: Float32Array.from([0.1, -0.2, 0.3, 1 / 3]), norm: 3.25 };
      await gallery.addPerson({ name: "Ada", collections: [], faces: [face, templateOf(0, "model-b")] });
      const faces = await allFaces(gallery, "model-a");
      expect(faces.map(({ template }) => template)).toEqual([face]);
    });

    it("refuses a person without a name, without a face, or with an impossible collection, and writes nothing", async () => {
      const gallery = await start();
      for (const wrong of [
        { name: "  ", collections: [], faces: [templateOf(0)] },
        { name: "Ada", collections: [], faces: [] },
        { name: "Ada", collections: ["#/+"], faces: [templateOf(0)] },
      ]) {
        await expect(gallery.addPerson(wrong)).rejects.toMatchObject({ code: "LIMEN_PERSON_INVALID" });
      }
      expect(await gallery.people()).toEqual([]);
    });

    it("removes a person with every face", async () => {
      const gallery = await start();
      const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
      expect(await gallery.removePerson(ada.id)).toBe(true);
      expect(await gallery.removePerson(ada.id)).toBe(false);
      expect(await gallery.person(ada.id)).toBeNull();
      expect(await allFaces(gallery, "model-a")).toEqual([]);
      expect(await gallery.people("staff")).toEqual([]);
    });

    it("remembers who looks alike, both ways, until one of them is removed", async () => {
      const gallery = await start();
      const [ada, ben, cleo] = await Promise.all(
        ["Ada", "Ben", "Cleo"].map((name) => gallery.addPerson({ name, collections: [], faces: [templateOf(0)] })),
      );
      if (ada === undefined || ben === undefined || cleo === undefined) throw new Error("nobody was enrolled");
      await gallery.noteLookAlikes([
        { personIds: [ada.id, ben.id], score: 0.7 },
        { personIds: [cleo.id, ada.id], score: 0.9 },
        { personIds: [ada.id, "f".repeat(24)], score: 0.9 },
        { personIds: [ada.id, ada.id], score: 1 },
      ]);
      await gallery.noteLookAlikes([{ personIds: [ben.id, ada.id], score: 0.66 }]);
      expect(await gallery.lookAlikesOf(ada.id)).toEqual([
        { personId: cleo.id, score: 0.9 },
        { personId: ben.id, score: 0.7 },
      ]);
      expect(await gallery.lookAlikesOf(ben.id)).toEqual([{ personId: ada.id, score: 0.7 }]);
      await gallery.removePerson(ada.id);
      expect(await gallery.lookAlikesOf(ben.id)).toEqual([]);
      expect(await gallery.lookAlikesOf("nobody")).toEqual([]);
    });

    it("tells whose faces may have changed since a mark, the removed included", async () => {
      const gallery = await start();
      const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
      const ben = await gallery.addPerson({ name: "Ben", collections: [], faces: [templateOf(1)] });
      const all = await gallery.peopleChanged(null);
      expect(all).toMatchObject({ personIds: [ada.id, ben.id], isEverybody: true });
      expect(await gallery.peopleChanged(all.mark)).toEqual({ mark: all.mark, personIds: [], isEverybody: false });
      await opened?.addFace(ada.id, templateOf(2));
      expect(await gallery.person(ada.id)).toMatchObject({ faces: 2 });
      const later = await gallery.peopleChanged(all.mark);
      expect(later).toMatchObject({ personIds: [ada.id], isEverybody: false });
      await gallery.removePerson(ben.id);
      expect((await gallery.peopleChanged(later.mark)).personIds).toEqual([ben.id]);
      expect([...(await gallery.peopleChanged(all.mark)).personIds].sort()).toEqual([ada.id, ben.id].sort());
    });

    it("takes a mark from the future, as after a restored backup, for a first question", async () => {
      const gallery = await start();
      const ada = await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
      const { mark } = await gallery.peopleChanged(null);
      expect(await gallery.peopleChanged(mark + 1000)).toEqual({ mark, personIds: [ada.id], isEverybody: true });
    });

    it("gives the searchable side of some people: collections, and the faces of one model", async () => {
      const gallery = await start();
      const faces = [templateOf(0), templateOf(1), templateOf(2, "model-b")];
      const ada = await gallery.addPerson({ name: "Ada", collections: ["staff", "lab"], faces });
      const other = await gallery.addPerson({ name: "Ben", collections: [], faces: [templateOf(0, "model-b")] });
      await gallery.addPerson({ name: "Eve", collections: [], faces: [templateOf(3)] });
      const [found, ...others] = await gallery.searchable("model-a", [other.id, "nobody", ada.id]);
      expect(others).toEqual([]);
      expect(found?.personId).toBe(ada.id);
      expect([...(found?.collections ?? [])].sort()).toEqual([...ada.collections].sort());
      expect(found?.faces.map(({ values }) => [...values].indexOf(1)).sort()).toEqual([0, 1]);
      expect(await gallery.searchable("model-a", [])).toEqual([]);
    });

    it("gives everything searchable once, in pieces: the mark first, then faces, then memberships", async () => {
      const gallery = await start();
      const ada = await gallery.addPerson({
        name: "Ada",
        collections: ["staff", "lab"],
        faces: [templateOf(0), templateOf(1), templateOf(2, "model-b")],
      });
      const crowd: string[] = [];
      for (let i = 0; i < 2100; i++) {
        crowd.push((await gallery.addPerson({ name: `P${i}`, collections: ["crowd"], faces: [templateOf(i % 3)] })).id);
      }
      const { mark } = await gallery.peopleChanged(null);
      const pieces: GalleryPiece[] = [];
      for await (const piece of gallery.everything("model-a")) pieces.push(piece);
      expect(pieces[0]).toEqual({ kind: "start", mark, people: 2101, faces: 2102 });
      const kinds = pieces.map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === "faces").length).toBeGreaterThan(1);
      expect(kinds.lastIndexOf("faces")).toBeLessThan(kinds.indexOf("memberships"));
      const faces = pieces.flatMap((piece) => (piece.kind === "faces" ? piece.faces : []));
      expect(faces.map(({ personId }) => personId).sort()).toEqual([ada.id, ada.id, ...crowd].sort());
      expect(new Set(faces.map(({ template }) => template.modelId))).toEqual(new Set(["model-a"]));
      const memberships = pieces.flatMap((piece) => (piece.kind === "memberships" ? piece.memberships : []));
      const collectionsOf = (id: string) => memberships.filter(({ personId }) => personId === id);
      expect(
        collectionsOf(ada.id)
          .map(({ collectionId }) => collectionId)
          .sort(),
      ).toEqual([...ada.collections].sort());
      expect(memberships).toHaveLength(2102);
    });

    it("tells of changes, and stops telling when asked", async () => {
      const gallery = await start();
      const stop = new AbortController();
      let heard = 0;
      const listening = (async () => {
        for await (const _ of gallery.changes(stop.signal)) heard++;
      })();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
      await expect.poll(() => heard, { timeout: 5000 }).toBeGreaterThan(0);
      stop.abort();
      await listening;
    });
  });
}
