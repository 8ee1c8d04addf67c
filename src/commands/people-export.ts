import type { PeopleAction } from "#commands/people-action";
import { isoOf } from "#core/instant";
import type { GalleryAdmin, PersonRecord } from "#ports/gallery-admin";

const PAGE = 200;

/** Everybody by name, a page in memory at a time. */
async function* everybody(admin: GalleryAdmin): AsyncGenerator<PersonRecord> {
  for (let offset = 0; ; offset += PAGE) {
    const { people } = await admin.listPersons({
      collections: null,
      nameContains: null,
      dateOfBirth: null,
      active: null,
      orderBy: "name",
      descending: false,
      offset,
      limit: PAGE,
    });
    yield* people;
    if (people.length < PAGE) return;
  }
}

/** A field of a CSV line. What a spreadsheet would take for a formula is made a text. */
function field(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

export const exportPeople: PeopleAction = async (config, _words, flags, { print }) => {
  const { openRecords } = await import("#app-offline");
  await using records = await openRecords(config);
  const asJson = flags["json"] === true;
  if (!asJson) print("id,name,active,collections,faces,created_at,modified_at");
  for await (const { id, name, active, collections, faces, createdAt, modifiedAt } of everybody(records.admin)) {
    const codes = collections.map(({ code }) => code);
    const dates = { createdAt: isoOf(createdAt), modifiedAt: isoOf(modifiedAt) };
    print(
      asJson
        ? JSON.stringify({ id, name, active, collections: codes, faces: faces.length, ...dates })
        : [id, field(name), active, field(codes.join(" ")), faces.length, dates.createdAt, dates.modifiedAt].join(","),
    );
  }
};
