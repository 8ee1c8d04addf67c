import { describe, expect, it } from "vitest";
import { createEnroller } from "#flow/enroller";
import type { AdmissionOrder } from "#ports/enroller";
import type { FaceSearch } from "#ports/face-search";
import { createColourFinder } from "../../fakes/colour-finder";
import { templateOf } from "../../fakes/faces";
import { MemoryGallery } from "../../fakes/memory-gallery";

/** An enroller whose search knows nobody, as one that is a second behind, unless told. */
function desk(search: FaceSearch["search"] = async () => []) {
  const gallery = new MemoryGallery();
  const enroller = createEnroller({ finder: createColourFinder(), gallery, search: { search, size: () => 0 } });
  const signal = new AbortController().signal;
  const order = (axis: number, changes: Partial<AdmissionOrder> = {}): AdmissionOrder => ({
    templates: [templateOf(axis)],
    personId: null,
    replaces: false,
    allowDuplicate: false,
    signal,
    ...changes,
  });
  const enrol = (name: string, axis: number, changes: Partial<AdmissionOrder> = {}) =>
    enroller.admit(order(axis, changes), async () => {
      // A write takes its time, in which another order arrives.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const result = await gallery.addPerson({ name, collections: [], faces: [templateOf(axis)] });
      return { personId: result.id, result };
    });
  return { gallery, enroller, order, enrol };
}

describe("admitting faces", () => {
  it("lets in one of two who bring the same face at once", async () => {
    const { gallery, enrol } = desk();
    const [first, second, other] = await Promise.all([enrol("Ada", 1), enrol("Beth", 1), enrol("Carl", 2)]);
    expect(first.admitted).toBe(true);
    expect(second).toMatchObject({ admitted: false, twin: { name: "Ada", score: expect.closeTo(1, 5), face: 0 } });
    expect(other.admitted).toBe(true);
    expect((await gallery.people()).map(({ name }) => name)).toEqual(["Ada", "Carl"]);
  });

  it("does not take a person for their own twin, nor a face that was replaced for theirs", async () => {
    const { enroller, order, enrol } = desk();
    const ada = await enrol("Ada", 1);
    const personId = ada.admitted ? ada.result.id : "";
    const again = { personId, result: null };
    expect(await enroller.admit(order(1, { personId }), async () => again)).toMatchObject({ lookAlikes: [] });
    await enroller.admit(order(2, { personId, replaces: true }), async () => again);
    expect((await enrol("Beth", 2)).admitted).toBe(false);
    expect((await enrol("Beth", 1)).admitted).toBe(true);
  });

  it("notes both of two who look alike, and nobody whom the write did not enrol", async () => {
    const { gallery, enroller, order, enrol } = desk();
    const ada = await enrol("Ada", 1);
    const beth = await enrol("Beth", 1, { allowDuplicate: true });
    const [adaId, bethId] = [ada, beth].map((one) => (one.admitted ? one.result.id : ""));
    expect(await gallery.lookAlikesOf(adaId ?? "")).toEqual([{ personId: bethId, score: expect.closeTo(1, 5) }]);
    expect(await gallery.lookAlikesOf(bethId ?? "")).toEqual([{ personId: adaId, score: expect.closeTo(1, 5) }]);
    const nobody = { personId: null, result: null };
    await enroller.admit(order(1, { allowDuplicate: true }), async () => nobody);
    expect(await gallery.lookAlikesOf(adaId ?? "")).toHaveLength(1);
  });

  it("goes on after a write that failed, and remembers nothing of it", async () => {
    const { enroller, order, enrol } = desk();
    const failing = enroller.admit(order(1), async () => {
      throw new Error("the disk is full");
    });
    const next = enrol("Ada", 1);
    await expect(failing).rejects.toThrow("disk");
    expect((await next).admitted).toBe(true);
  });

  it("writes nothing when the search fails, or nobody waits any more", async () => {
    const { gallery, enrol } = desk(async () => {
      throw new Error("no answer");
    });
    await expect(enrol("Ada", 1)).rejects.toThrow("no answer");
    const gone = desk();
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(gone.enrol("Ada", 1, { signal })).rejects.toThrow("gone");
    expect([...(await gallery.people()), ...(await gone.gallery.people())]).toEqual([]);
  });
});
