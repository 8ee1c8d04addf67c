import { LimenError } from "#errors";
import type { GalleryAdmin } from "#ports/gallery-admin";
import type { DeskOrder, DeskOutcome, EnrolPicture, PeopleDesk } from "#ports/people-desk";
import { templateOf } from "./faces";

/** Enrols whoever it is told of, without looking at the pictures; `refuses` is what it answers instead. */
export class ScriptedDesk implements PeopleDesk {
  readonly orders: DeskOrder[] = [];
  readonly added: (readonly EnrolPicture[])[] = [];
  refuses: LimenError | null = null;
  readonly #admin: GalleryAdmin;
  #faces = 0;

  constructor(admin: GalleryAdmin) {
    this.#admin = admin;
  }

  async enrol(order: DeskOrder): Promise<DeskOutcome> {
    this.orders.push(order);
    if (this.refuses !== null && !order.allowDuplicate) throw this.refuses;
    const collections = [];
    for (const code of order.collections) {
      const found =
        (await this.#admin.collection(code)) ??
        (await this.#admin.createCollection({ name: code, code, description: null }));
      if (found !== null) collections.push(found.id);
    }
    const { person } = await this.#admin.createPerson({
      name: order.name,
      notes: order.notes,
      gender: null,
      dateOfBirth: null,
      nationality: null,
      collections,
      faces: order.pictures.map(() => this.#face()),
    });
    return { person, lookAlikes: [] };
  }

  async addFaces(personId: string, pictures: readonly EnrolPicture[]): Promise<DeskOutcome> {
    this.added.push(pictures);
    if (this.refuses !== null) throw this.refuses;
    return {
      person: await this.#admin.addFaces(
        personId,
        pictures.map(() => this.#face()),
      ),
      lookAlikes: [],
    };
  }

  #face() {
    this.#faces++;
    return { template: templateOf(this.#faces), thumbnail: new Uint8Array([0xff, 0xd8, this.#faces]) };
  }
}

export const TOO_SMALL = new LimenError("LIMEN_PHOTO_POOR", "the picture: the face is too small (31 px high)", {
  hint: "use a sharp photo of one person looking at the camera",
});
