import { accessOf, standingOf } from "#adapters/console/access-form";
import { type Trouble, troubleOf } from "#adapters/console/pages/people";
import { stopperOf } from "#adapters/console/pages/person-access";
import type { ConsoleOptions } from "#adapters/console/parts";
import { createPersonView } from "#adapters/console/person-view";
import type { ConsoleRoute } from "#adapters/console/route";

/** Hours, dates and doors of a person, in the configuration. */
export function accessRoutes(options: ConsoleOptions): ConsoleRoute[] {
  const { config, logger } = options;
  const view = createPersonView(options);
  return [
    {
      method: "post",
      path: "/people/:person/access",
      needs: "owner",
      async handle(c) {
        const person = await view.personOf(c);
        if (person === null) return view.nobody(c);
        const answer = async (trouble: Trouble, status: 400 | 409) =>
          c.html(await view.page(c, person, { trouble }), status);
        try {
          const entry = await view.entryOf(person);
          const stopper = stopperOf(entry, person.id);
          if (stopper !== null) return answer({ message: stopper, hint: null }, 409);
          const { was, access } = accessOf(await c.req.parseBody({ all: true }), entry);
          if (was !== standingOf(entry)) {
            const message = "the file says something else of them than when this page was opened; nothing was changed";
            return answer({ message, hint: "look at what it says now, and change that" }, 409);
          }
          await config.setPersonAccess(person, access);
        } catch (error) {
          return answer(troubleOf(error, /^LIMEN_(?:CONFIG|PERSON)_/), 400);
        }
        logger.info(
          { account: c.get("account").name, person: person.id },
          "somebody's hours, dates or doors were changed in the console",
        );
        return c.redirect(`/people/${person.id}?done=access`, 303);
      },
    },
  ];
}
