/** Whether a picture shows this very person alive: a service's word. */
export interface LivenessCheck {
  /**
   * One question, never repeated by itself. `passed` takes both: the service believes the face to be a live one, and knows this very
   * person by it. Throws LIMEN_SEARCH_INVALID for a question that makes no sense, LIMEN_ENGINE_* for every answer that is not well formed,
   * too late or missing, and the signal's reason once it is aborted: then nobody has passed.
   */
  check(request: {
    /** JPEG of one face and what is around it. */
    readonly image: Uint8Array;
    readonly personId: string;
    /** Collection id or code the person is looked for in. */
    readonly collection: string;
    /** Lowest score, on the service's scale, at which it knows the person. */
    readonly minScore: number;
    readonly signal: AbortSignal;
  }): Promise<LivenessVerdict>;
}

export interface LivenessVerdict {
  readonly outcome: "passed" | "failed";
  /** How live the face looks to the service, 0..1; null where it refused without saying. */
  readonly score: number | null;
}
