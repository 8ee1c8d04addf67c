import type { Answer, Engine } from "#core/candidate";
import type { LaneRequest, SearchLane } from "#flow/search-lane";

/** The search engines behind a door: whom to ask, and what counts as an answer. */
export interface Engines {
  /** What every engine that must agree says of the faces. Throws what a lane throws: then nobody is recognised. */
  ask(request: LaneRequest, signal: AbortSignal): Promise<readonly Answer[]>;
  /** Searchable people in the collection, for each engine; 0 for one that is not asked or cannot tell. */
  sizes(collection: string): Readonly<Record<Engine, number>>;
}

/** One engine, alone. */
export function soleEngine(engine: Engine, lane: SearchLane): Engines {
  return {
    async ask(request, signal) {
      return [{ engine, candidates: await lane.search(request, signal) }];
    },
    sizes: (collection) => ({ local: 0, verifik: 0, [engine]: lane.size(collection) }),
  };
}
