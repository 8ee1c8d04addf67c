import type { Context } from "hono";
import { failurePage } from "#adapters/console/layout";
import { personPage, type Trouble } from "#adapters/console/pages/people";
import type { PersonEntry } from "#adapters/console/pages/person-access";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv } from "#adapters/console/route";
import { codeOf } from "#errors";
import type { PersonRecord } from "#ports/gallery-admin";

/** A person's page, as several addresses answer with it. */
export interface PersonView {
  /** Null: nobody is enrolled under the number in the address. */
  personOf(c: Context<ConsoleEnv>): Promise<PersonRecord | null>;
  nobody(c: Context<ConsoleEnv>): Response | Promise<Response>;
  page(c: Context<ConsoleEnv>, person: PersonRecord, told?: { trouble?: Trouble; done?: string }): Promise<string>;
  /** What the configuration file says of them. Throws LIMEN_CONFIG_*. */
  entryOf(person: PersonRecord): Promise<PersonEntry>;
}

export function createPersonView(options: ConsoleOptions): PersonView {
  const { siteName: site, timeZone, admin, gallery, explained, config } = options;
  const entryOf = async (person: PersonRecord): Promise<PersonEntry> => {
    const entry = await config.personAccess(person);
    const isByName = entry.keys.length === 1 && entry.keys[0] !== person.id;
    const namesakes = isByName ? (await gallery.people()).filter(({ name }) => name === person.name) : [];
    return { ...entry, isByName, isShared: namesakes.some(({ id }) => id !== person.id) };
  };
  return {
    entryOf,
    async personOf(c) {
      const id = c.req.param("person") ?? "";
      return /^[0-9a-f]{24}$/.test(id) ? ((await admin.persons([id]))[0] ?? null) : null;
    },
    nobody: (c) =>
      c.html(
        failurePage(site, "Nobody there", "Nobody is enrolled under this number; they may have been forgotten."),
        404,
      ),
    async page(c, person, { trouble = null, done = null }: { trouble?: Trouble | null; done?: string | null } = {}) {
      const alike = await gallery.lookAlikesOf(person.id);
      const others = await admin.persons(alike.map(({ personId }) => personId));
      const names = new Map(others.map(({ id, name }) => [id, name]));
      const entry = await entryOf(person).catch((error: unknown) => {
        if (/^LIMEN_CONFIG_/.test(codeOf(error))) return null;
        throw error;
      });
      return personPage(
        { site, account: c.get("account") },
        {
          person,
          collections: await admin.collections(),
          doors: await explained(person.id),
          lookAlikes: alike.map(({ personId: id, score }) => ({ id, score, name: names.get(id) ?? "somebody" })),
          ...{ entry, timeZone, trouble, done },
        },
      );
    },
  };
}
