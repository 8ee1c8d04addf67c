import type { Context } from "hono";
import { failurePage } from "#adapters/console/layout";
import { newPersonPage, peoplePage, troubleOf } from "#adapters/console/pages/people";
import type { ConsoleOptions } from "#adapters/console/parts";
import { MAX_UPLOAD_BYTES, newPersonOf, personChangesOf, picturesOf } from "#adapters/console/people-forms";
import { createPersonView } from "#adapters/console/person-view";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import { createSnapshots } from "#adapters/console/snapshot";
import { codeOf } from "#errors";

const PAGE_PEOPLE = 50;
/** Those whose reason is in the form. */
const FORM_ERRORS = /^LIMEN_(?:PHOTO|PERSON)_/;

/** Who may pass: the list, enrolling, changing, forgetting. */
export function peopleRoutes(options: ConsoleOptions): ConsoleRoute[] {
  const { siteName: site, admin, people, cameras, logger } = options;
  const snapshotOf = createSnapshots(options);
  const frameOf = (c: Context<ConsoleEnv>) => ({ site, account: c.get("account") });
  const { personOf, nobody, page } = createPersonView(options);
  const codes = async () => (await admin.collections()).map(({ code }) => code);
  const form = async (changes: Partial<Parameters<typeof newPersonPage>[1]> = {}) => ({
    trouble: null,
    name: "",
    collections: await codes().then((known) => (known.length === 0 ? options.doorCollections() : known)),
    cameras: cameras().map(({ id }) => id),
    taken: null,
    isTwin: false,
    ...changes,
  });
  const told = (c: Context<ConsoleEnv>, personId: string, what: string): void =>
    logger.info({ account: c.get("account").name, person: personId }, what);

  return [
    {
      method: "get",
      path: "/people",
      needs: "operator",
      async handle(c) {
        const search = (c.req.query("q") ?? "").slice(0, 200);
        const asked = Number(c.req.query("page") ?? "1");
        const number = Number.isInteger(asked) && asked >= 1 && asked <= 1e6 ? asked : 1;
        const { people: shown, total } = await admin.listPersons({
          collections: null,
          nameContains: search === "" ? null : search,
          dateOfBirth: null,
          active: null,
          orderBy: "name",
          descending: false,
          offset: (number - 1) * PAGE_PEOPLE,
          limit: PAGE_PEOPLE,
        });
        const pages = Math.max(1, Math.ceil(total / PAGE_PEOPLE));
        return c.html(peoplePage(frameOf(c), { people: shown, total, search, page: number, pages }));
      },
    },
    {
      method: "get",
      path: "/people/new",
      needs: "operator",
      handle: async (c) => c.html(newPersonPage(frameOf(c), await form())),
    },
    {
      method: "post",
      path: "/people/capture",
      needs: "operator",
      async handle(c) {
        const { camera: id, name } = await c.req.parseBody();
        const camera = cameras().find((known) => known.id === id);
        const kept = { name: typeof name === "string" ? name : "" };
        if (camera === undefined)
          return c.html(failurePage(site, "No such camera", "The configuration has none of this name."), 404);
        const snapshot = await snapshotOf(camera);
        if ("jpeg" in snapshot)
          return c.html(
            newPersonPage(frameOf(c), await form({ ...kept, taken: Buffer.from(snapshot.jpeg).toString("base64") })),
          );
        const trouble = { message: snapshot.missing, hint: "see what the overview says of this camera" };
        return c.html(newPersonPage(frameOf(c), await form({ ...kept, trouble })), 503);
      },
    },
    {
      method: "post",
      path: "/people",
      needs: "operator",
      maxBytes: MAX_UPLOAD_BYTES,
      async handle(c) {
        const fields = await c.req.parseBody({ all: true });
        try {
          const { name, collection, twin } = newPersonOf(fields);
          const pictures = await picturesOf(fields);
          const order = { name, notes: null, collections: [collection], pictures, allowDuplicate: twin === "yes" };
          const { person } = await people.enrol(order, c.req.raw.signal);
          told(c, person.id, "somebody was enrolled in the console");
          return c.redirect(`/people/${person.id}?done=enrolled`, 303);
        } catch (error) {
          const trouble = troubleOf(error, FORM_ERRORS);
          const { name, taken } = fields;
          const kept = { name: typeof name === "string" ? name : "", taken: typeof taken === "string" ? taken : null };
          const isTwin = codeOf(error) === "LIMEN_PERSON_DUPLICATE";
          return c.html(newPersonPage(frameOf(c), await form({ ...kept, trouble, isTwin })), 400);
        }
      },
    },
    {
      method: "get",
      path: "/people/:person",
      needs: "operator",
      async handle(c) {
        const person = await personOf(c);
        if (person === null) return nobody(c);
        const done = DONE.get(c.req.query("done") ?? "");
        return c.html(await page(c, person, done === undefined ? {} : { done }));
      },
    },
    {
      method: "get",
      path: "/people/:person/faces/:face",
      needs: "operator",
      async handle(c) {
        const person = await personOf(c);
        const face = person?.faces.find(({ id }) => `${id}.jpg` === c.req.param("face"));
        if (face === undefined || face.thumbnail === null) return c.text("there is no such picture\n", 404);
        return c.body(new Uint8Array(face.thumbnail), 200, { "Content-Type": "image/jpeg" });
      },
    },
    {
      method: "post",
      path: "/people/:person",
      needs: "operator",
      async handle(c) {
        const person = await personOf(c);
        if (person === null) return nobody(c);
        try {
          const { name, notes, active, collections } = personChangesOf(await c.req.parseBody({ all: true }));
          const known = new Set((await admin.collections()).map(({ id }) => id));
          await admin.updatePerson(person.id, {
            name,
            notes: notes === "" ? null : notes,
            active: active === "yes",
            collections: collections.filter((id) => known.has(id)),
          });
          told(c, person.id, "somebody was changed in the console");
          return c.redirect(`/people/${person.id}?done=saved`, 303);
        } catch (error) {
          return c.html(await page(c, person, { trouble: troubleOf(error, FORM_ERRORS) }), 400);
        }
      },
    },
    {
      method: "post",
      path: "/people/:person/faces",
      needs: "operator",
      maxBytes: MAX_UPLOAD_BYTES,
      async handle(c) {
        const person = await personOf(c);
        if (person === null) return nobody(c);
        try {
          await people.addFaces(person.id, await picturesOf(await c.req.parseBody({ all: true })), c.req.raw.signal);
          told(c, person.id, "somebody got more faces in the console");
          return c.redirect(`/people/${person.id}?done=faces`, 303);
        } catch (error) {
          return c.html(await page(c, person, { trouble: troubleOf(error, FORM_ERRORS) }), 400);
        }
      },
    },
    {
      method: "post",
      path: "/people/:person/faces/:face/remove",
      needs: "operator",
      async handle(c) {
        const person = await personOf(c);
        if (person === null) return nobody(c);
        await admin.removeFace(person.id, c.req.param("face") ?? "");
        told(c, person.id, "a face was removed in the console");
        return c.redirect(`/people/${person.id}?done=saved`, 303);
      },
    },
    {
      method: "post",
      path: "/people/:person/forget",
      needs: "operator",
      async handle(c) {
        const person = await personOf(c);
        if (person === null) return nobody(c);
        const { sure } = await c.req.parseBody();
        if (sure !== "yes") {
          const trouble = { message: "nobody was forgotten", hint: "tick the box that says that you mean it" };
          return c.html(await page(c, person, { trouble }), 400);
        }
        await admin.deletePerson(person.id);
        told(c, person.id, "somebody was forgotten in the console");
        return c.redirect("/people", 303);
      },
    },
  ];
}

const DONE: ReadonlyMap<string, string> = new Map([
  ["enrolled", "Enrolled. Doors of their collections know them from now on."],
  ["saved", "Saved."],
  ["faces", "Added."],
  ["access", "It stands in the configuration now, and holds from the next decision on."],
]);
