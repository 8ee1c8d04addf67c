import type { ReEmbedOutcome } from "#app-offline";
import { usageError } from "#commands/command";
import { PEOPLE_HELP, type PeopleAction } from "#commands/people-action";
import { createProgress, durationOf, type Progress } from "#commands/progress";
import { LimenError } from "#errors";

type Left = Exclude<ReEmbedOutcome, { outcome: "renewed" }>;

function lineOf({ name, id, reason, isSearchable }: Left): string {
  const what = isSearchable ? "keeps the templates there are" : "must be enrolled again";
  return `${name} (id ${id}): ${reason}; ${what}`;
}

/** Makes templates of the configured models from kept photos, and says for whom there is none. */
export const reEmbedPeople: PeopleAction = async (config, words, flags, context) => {
  if (words.length > 0) throw usageError("re-embed takes no words", PEOPLE_HELP);
  const asJson = flags["json"] === true;
  const write = flags["dry-run"] !== true;
  const { openReEmbedding } = await import("#app-offline");
  await using work = await openReEmbedding(config, context);
  let all = 0;
  let renewed = 0;
  const left: Left[] = [];
  let progress: Progress | undefined;
  const onCount = (people: number): void => {
    all = people;
    const draw = context.isTerminal && !asJson ? context.write : null;
    progress = createProgress({ all, draw, note: context.note, nowMs: () => performance.now() });
  };
  try {
    for await (const outcome of work.run({ write, onCount }, context.signal)) {
      if (asJson) context.print(JSON.stringify(outcome));
      if (outcome.outcome === "renewed") renewed++;
      else left.push(outcome);
      progress?.step();
    }
  } finally {
    // Also of a run that was stopped: whoever is renewed stays so.
    progress?.end();
    const elapsedMs = Math.round(progress?.elapsedMs() ?? 0);
    const notReached = all - renewed - left.length;
    if (asJson) {
      const refused = left.filter(({ outcome }) => outcome === "refused").length;
      const withoutPhoto = left.length - refused;
      context.print(JSON.stringify({ outcome: "end", renewed, refused, withoutPhoto, notReached, write, elapsedMs }));
    } else if (all === 0) {
      context.print("every template is of the configured models: nothing to do");
    } else {
      const stopped = notReached === 0 ? "" : `, not reached: ${notReached}`;
      const done = write ? "renewed" : "would be renewed";
      context.print(`${done}: ${renewed}, left as they are: ${left.length}${stopped} (${durationOf(elapsedMs)})`);
      for (const person of left) context.print(lineOf(person));
    }
  }
  const lost = left.filter(({ isSearchable }) => !isSearchable);
  if (write && lost.length > 0) {
    throw new LimenError("LIMEN_PERSON_INVALID", `${lost.length} of ${all} people must be enrolled again`, {
      hint: "remove each of them and enrol them from new photos, or go back to the models before",
    });
  }
};
