import { CONFIG_FLAG, type Command, suggestion, text, usageError } from "#commands/command";
import { PEOPLE_HELP, type PeopleAction } from "#commands/people-action";
import { addPerson } from "#commands/people-add";
import { listCollections } from "#commands/people-collections";
import { exportPeople } from "#commands/people-export";
import { importFolders } from "#commands/people-import";
import { listPeople } from "#commands/people-list";
import { reEmbedPeople } from "#commands/people-re-embed";
import { removePerson } from "#commands/people-remove";
import { showPerson } from "#commands/people-show";
import { loadConfig } from "#config/load";

const ACTIONS: ReadonlyMap<string, PeopleAction> = new Map([
  ["add", addPerson],
  ["import", importFolders],
  ["list", listPeople],
  ["show", showPerson],
  ["export", exportPeople],
  ["collections", listCollections],
  ["remove", removePerson],
  ["re-embed", reEmbedPeople],
]);

export const people: Command = {
  name: "people",
  summary: "enrols, lists, shows, exports and removes the people who may pass",
  usage: [
    "add --name NAME [--collection CODE] [--show FOLDER] [--allow-duplicate] [--json] PHOTO [PHOTO ...] [--config FILE]",
    "import DIR [--collection CODE] [--allow-duplicate] [--json] [--config FILE]",
    "list [--collection CODE] [--json] [--config FILE]",
    "show ID-OR-NAME [--json] [--config FILE]",
    "export [--json] [--config FILE]",
    "collections [--json] [--config FILE]",
    "remove ID-OR-NAME [--config FILE]",
    "re-embed [--dry-run] [--json] [--config FILE]",
  ],
  about: [
    "import takes a folder of folders: one a person, named as the person is, with 1 to 10 photos (jpg, png, webp; of more, the",
    "first 10 by name). Whoever is refused is named with the reason at the end, the others are enrolled; a name that is enrolled",
    "already is left as it is, so a second run goes on where the first one stopped. The exit code is 7 when anybody was refused.",
    "A face that is enrolled already is refused under a second name; --allow-duplicate takes it all the same (twins).",
    "export writes CSV, with --json a line of JSON a person: id, name, active, collections, number of faces, dates. No templates",
    "and no pictures: it is a list, not a backup.",
    "re-embed is for when the configuration names other models: it makes new templates from the photos that were kept (faces.keep_photos)",
    "and names everybody who must be enrolled again. It may be stopped and run again; --dry-run does all but the writing.",
  ],
  flags: {
    ...CONFIG_FLAG,
    name: { type: "string" },
    collection: { type: "string", multiple: true },
    show: { type: "string" },
    "allow-duplicate": { type: "boolean" },
    json: { type: "boolean" },
    "dry-run": { type: "boolean" },
  },
  async run(words, flags, context) {
    const [action, ...rest] = words;
    const chosen = ACTIONS.get(action ?? "");
    if (chosen === undefined) {
      const names = [...ACTIONS.keys()];
      const near = action === undefined ? "" : suggestion(action, names);
      throw usageError(
        action === undefined ? `which of ${names.join(", ")}?` : `people has no action "${action}"${near}`,
        PEOPLE_HELP,
      );
    }
    const { config } = await loadConfig(text(flags, "config") ?? "", { env: context.env });
    await chosen(config, rest, flags, context);
  },
};
