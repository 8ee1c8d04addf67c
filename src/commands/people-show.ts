import { type PeopleAction, personMeant } from "#commands/people-action";
import { isoOf } from "#core/instant";

export const showPerson: PeopleAction = async (config, words, flags, { print }) => {
  const { openRecords } = await import("#app-offline");
  await using records = await openRecords(config);
  const { id } = await personMeant(records.gallery, "show", words);
  for (const person of await records.admin.persons([id])) {
    const shown = {
      id: person.id,
      name: person.name,
      active: person.active,
      collections: person.collections.map(({ code }) => code),
      faces: person.faces.length,
      notes: person.notes,
      gender: person.gender,
      dateOfBirth: person.dateOfBirth,
      nationality: person.nationality,
      createdAt: isoOf(person.createdAt),
      modifiedAt: isoOf(person.modifiedAt),
    };
    if (flags["json"] === true) {
      print(JSON.stringify(shown));
      continue;
    }
    const { active, collections, createdAt, modifiedAt, dateOfBirth, ...rest } = shown;
    const lines = {
      ...rest,
      "date of birth": dateOfBirth,
      state: active ? "active" : "switched off: never let in",
      collections: collections.join(", "),
      enrolled: createdAt,
      changed: modifiedAt,
    };
    for (const [what, value] of Object.entries(lines)) {
      if (value !== null && value !== "") print(`${what.padEnd(13)}  ${value}`);
    }
  }
};
