import { describe, expect, it } from "vitest";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit } from "#core/visit";
import { readPeopleFacts } from "#flow/person-facts";
import { templateOf } from "../../fakes/faces";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { evidenceAt } from "../../fakes/situations";

describe("what is known of the people a visit may be about", () => {
  it("tells who has a look-alike, whichever of the two was noted first, and leaves out whom nobody knows", async () => {
    const gallery = new MemoryGallery();
    const enrol = (name: string) => gallery.addPerson({ name, collections: ["staff"], faces: [templateOf(0)] });
    const [ada, ben, cleo] = [await enrol("Ada"), await enrol("Ben"), await enrol("Cleo")];
    await gallery.noteLookAlikes([{ personIds: [ada.id, ben.id], score: 0.7 }]);
    const visit = [ada.id, ben.id, cleo.id, "nobody"].reduce(
      (so, id, i) => addEvidence(so, evidenceAt(i, [[id, 0.9]])),
      openVisit(1, 0, LOCAL_SEARCH_BUDGET),
    );
    const facts = await readPeopleFacts(gallery, { roster: "gallery", collection: "staff" }, visit);
    expect(facts.map(({ id, lookAlike }) => [id, lookAlike])).toEqual([
      [ada.id, true],
      [ben.id, true],
      [cleo.id, false],
    ]);
  });
});
