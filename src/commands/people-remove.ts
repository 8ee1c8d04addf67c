import { type PeopleAction, personMeant } from "#commands/people-action";

export const removePerson: PeopleAction = async (config, words, _flags, { print }) => {
  const { openRecords } = await import("#app-offline");
  await using records = await openRecords(config);
  const person = await personMeant(records.gallery, "remove", words);
  await records.gallery.removePerson(person.id);
  print(`${person.name} is removed with ${person.faces} face(s); a running Limen lets them in no more`);
};
