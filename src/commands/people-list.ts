import { texts } from "#commands/command";
import { otherModelsLine } from "#commands/other-models";
import type { PeopleAction } from "#commands/people-action";
import { isoOf } from "#core/instant";

export const listPeople: PeopleAction = async (config, _words, flags, { print, note }) => {
  const { openRecords, unsearchablePeople } = await import("#app-offline");
  await using records = await openRecords(config);
  const [collection] = texts(flags, "collection");
  const everybody = await records.gallery.people(collection);
  for (const person of everybody) {
    print(
      flags["json"] === true
        ? JSON.stringify(person)
        : `${person.id}  ${person.name.padEnd(24)}  ${person.faces} face(s)  ${person.active ? "active" : "switched off"}  since ${isoOf(person.createdAt)}`,
    );
  }
  const unsearchable = otherModelsLine(await unsearchablePeople(config));
  if (unsearchable !== null) note(`warning: ${unsearchable}`);
  if (everybody.length === 0) note("nobody is enrolled yet; begin with: limen people add --name NAME PHOTO");
};
