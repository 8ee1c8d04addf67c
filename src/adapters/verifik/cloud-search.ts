import { type ContractPerson, protocolFault } from "#adapters/verifik/answer";
import { MIN_SCORE_FLOOR } from "#adapters/verifik/query";
import type { SearchClient } from "#adapters/verifik/search-client";
import { type Candidate, isBelievable } from "#core/candidate";
import { LimenError } from "#errors";
import type { FaceSearch } from "#ports/face-search";

/**
 * The 1:N search of an engine on the network, as a FaceSearch: it is sent the request's `crops`, never a template. Ids are that
 * engine's; scores are on its scale, not ours. `people` is how many it holds (of a collection; null = all): the contract has no
 * way to ask, so whoever configures the engine says it. A `minScore` below the contract's floor of 0.2 asks for 0.2.
 * Throws LIMEN_SEARCH_INVALID, LIMEN_ENGINE_*, or what cutting out a crop throws.
 */
export function createCloudSearch(
  client: Pick<SearchClient, "search">,
  options: { people: (collection: string | null) => number },
): FaceSearch {
  const candidateOf = ({ id, score }: ContractPerson): Candidate => ({ personId: id, score });
  return {
    size: (collection) => options.people(collection),

    async search({ crops, collection, minScore, maxResults, mode, signal }) {
      if (crops === undefined) {
        throw new LimenError("LIMEN_SEARCH_INVALID", "a search on the network needs the faces' pictures");
      }
      signal.throwIfAborted();
      const images = await crops();
      const people = await client.search({
        images,
        collection,
        minScore: Math.max(MIN_SCORE_FLOOR, minScore),
        maxResults,
        mode,
        signal,
      });
      const candidates = people.map(candidateOf);
      // One entry a person is what a decision builds on; an engine that names somebody twice is believed in nothing.
      if (!isBelievable(candidates)) throw protocolFault("names somebody twice");
      return candidates;
    },
  };
}
