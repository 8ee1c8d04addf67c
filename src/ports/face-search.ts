import type { Candidate } from "#core/candidate";
import type { Template } from "#core/face";

export interface SearchRequest {
  /** One to three faces of the SAME person; several are fused into one probe. */
  readonly faces: readonly Template[];
  /** JPEG crops of the same faces, made only when asked for: what an engine on the network is sent instead of templates. */
  readonly crops?: () => Promise<readonly Uint8Array[]>;
  /** Collection id or code; null = everybody. */
  readonly collection: string | null;
  /** API score below which nobody is returned, 0..1. */
  readonly minScore: number;
  /** 1..100. */
  readonly maxResults: number;
  readonly mode: "FAST" | "ACCURATE";
  readonly signal: AbortSignal;
}

export interface FaceSearch {
  /**
   * Candidates of the collection, one entry a person, score descending, ties in person id order. What several faces of one person
   * make together is the engine's own affair; the embedded one counts their mean as one face more.
   * Throws LIMEN_SEARCH_INVALID for a request that makes no sense (unknown collection, foreign model, no face).
   */
  search(request: SearchRequest): Promise<Candidate[]>;
  /** Number of searchable people in the collection (null = all): the N of the threshold. */
  size(collection: string | null): number;
}
