import { type Answer, byScore, type Candidate, ENGINES } from "#core/candidate";
import type { Engines } from "#flow/engines";

/**
 * The same engines, asked for the people of the watch list too: whoever stands at the door is compared with them as with the door's
 * own people, so that each can come first. One that fails for one collection has failed.
 */
export function withWatchList(engines: Engines, watchList: readonly string[]): Engines {
  if (watchList.length === 0) return engines;
  const together = (collection: string): string[] => [...new Set([collection, ...watchList])];
  return {
    ...engines,
    async ask(request, signal, visit) {
      const { collection, maxResults } = request;
      const asked = collection === null ? [null] : together(collection);
      const each = await Promise.all(asked.map((code) => engines.ask({ ...request, collection: code }, signal, visit)));
      const answers: Answer[] = [];
      for (const one of each) {
        // Of a face that was not searched everywhere nothing is known.
        if ("unasked" in one) return one;
        answers.push(...one.answers);
      }
      return { answers: merged(answers, maxResults) };
    },
    /** Whoever is in two of the collections counts twice, which only ever raises the threshold. */
    sizes(collection) {
      const each = together(collection).map((code) => engines.sizes(code));
      const sumOf = (engine: (typeof ENGINES)[number]): number => each.reduce((sum, sizes) => sum + sizes[engine], 0);
      return { local: sumOf("local"), verifik: sumOf("verifik") };
    },
  };
}

/** One answer an engine, with one entry a person: the best they got. */
function merged(answers: readonly Answer[], maxResults: number): Answer[] {
  return ENGINES.flatMap((engine) => {
    const own = answers.filter((answer) => answer.engine === engine);
    const [first] = own;
    if (first === undefined) return [];
    const best = new Map<string, Candidate>();
    for (const candidate of own.flatMap(({ candidates }) => candidates).toSorted(byScore)) {
      if (!best.has(candidate.personId)) best.set(candidate.personId, candidate);
    }
    return [{ ...first, candidates: [...best.values()].slice(0, maxResults) }];
  });
}
