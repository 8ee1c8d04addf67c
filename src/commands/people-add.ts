import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text, usageError } from "#commands/command";
import { collectionsToJoin, lookAlikeWarning, PEOPLE_HELP, type PeopleAction } from "#commands/people-action";

export const addPerson: PeopleAction = async (config, photos, flags, context) => {
  const name = text(flags, "name");
  if (name === undefined) throw usageError("who is it? give --name", PEOPLE_HELP);
  if (photos.length === 0) throw usageError("give at least one photo of the person", PEOPLE_HELP);
  const collections = collectionsToJoin(config, flags);
  const allowDuplicate = flags["allow-duplicate"] === true;
  const { openEnrolment } = await import("#app-offline");
  await using desk = await openEnrolment(config, { env: context.env, note: context.note });
  const order = { name, collections, photos, allowDuplicate };
  const { person, lookAlikes, taken } = await desk.enrol(order, context.signal);
  const folder = text(flags, "show");
  for (const [i, face] of folder === undefined ? [] : taken.entries()) {
    const file = join(folder ?? "", `${person.id}-${i + 1}.jpg`);
    await writeFile(file, await desk.cropOf(face), { mode: 0o600 });
    context.note(`the face taken from ${face.photo} is in ${file}`);
  }
  for (const other of lookAlikes) context.note(lookAlikeWarning(person.name, other));
  if (flags["json"] === true) context.print(JSON.stringify({ ...person, lookAlikes }));
  else
    context.print(
      `${person.name} is enrolled (id ${person.id}, ${person.faces} face(s), in ${collections.join(", ")})`,
    );
};
