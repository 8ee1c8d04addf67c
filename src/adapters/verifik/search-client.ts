import { type ContractPerson, readPeople } from "#adapters/verifik/answer";
import { SEARCH, SEARCH_LIVE_FACE } from "#adapters/verifik/endpoint";
import { type EngineConnectionOptions, openEngineConnection } from "#adapters/verifik/engine-connection";
import { type LiveFace, readLiveFace, saysNotLive } from "#adapters/verifik/live-answer";
import { type LiveFaceQuery, liveFaceBody, type SearchQuery, searchBody } from "#adapters/verifik/query";

export interface SearchClientOptions extends EngineConnectionOptions {
  /** For a whole search with every repetition of it. */
  readonly timeoutMs?: number;
  /** For the one request that a look at a live face is. */
  readonly liveTimeoutMs?: number;
}

export interface SearchClient extends AsyncDisposable {
  /** True while the engine is left alone, after failures or at its own wish: a search would fail at once. */
  isResting(): boolean;
  /**
   * People like the one in the pictures, score descending, ties by id; nobody below `minScore`, `maxResults` at most. Throws
   * LIMEN_SEARCH_INVALID for a query that makes no sense, LIMEN_ENGINE_* for everything the engine or the way to it does, and the
   * signal's reason once it is aborted. An answer that comes after the deadline is never used.
   */
  search(query: SearchQuery & { readonly signal: AbortSignal }): Promise<ContractPerson[]>;
  /** Whether the face in the picture is a live one, and who it is; null = the engine says no, without a number. Throws as `search` does. */
  searchLiveFace(query: LiveFaceQuery & { readonly signal: AbortSignal }): Promise<LiveFace | null>;
}

/**
 * A client of the face search contract (`POST /v2/face-recognition/search` and `…/search-live-face`).
 * Throws LIMEN_CONFIG_INVALID for an address faces must not be sent to.
 */
export async function openSearchClient(options: SearchClientOptions): Promise<SearchClient> {
  const { timeoutMs = 2000, liveTimeoutMs = 4000 } = options;
  const connection = openEngineConnection(options);
  const search = connection.route({ call: SEARCH, timeoutMs, read: readPeople });
  const searchLive = connection.route<{ face: LiveFace | null }>({
    call: SEARCH_LIVE_FACE,
    timeoutMs: liveTimeoutMs,
    read: (text) => ({ face: readLiveFace(text) }),
    readRefusal: (text) => (saysNotLive(text) ? { face: null } : null),
  });
  return {
    isResting: connection.isResting,

    async search({ signal, ...query }) {
      const people = await search(searchBody(query), signal);
      return people.filter(({ score }) => score >= query.minScore).slice(0, query.maxResults);
    },

    async searchLiveFace({ signal, ...query }) {
      return (await searchLive(liveFaceBody(query), signal)).face;
    },

    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
