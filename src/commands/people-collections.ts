import type { PeopleAction } from "#commands/people-action";

export const listCollections: PeopleAction = async (config, _words, flags, { print, note }) => {
  const { openRecords } = await import("#app-offline");
  await using records = await openRecords(config);
  const all = await records.admin.collections();
  for (const { id, code, name, count } of all) {
    print(
      flags["json"] === true
        ? JSON.stringify({ id, code, name, people: count })
        : `${code.padEnd(24)}  ${name.padEnd(24)}  ${count} ${count === 1 ? "person" : "people"}`,
    );
  }
  if (all.length === 0) note("there is no collection yet; enrolling the first person makes one");
};
