import { cutOut } from "#core/cut-out";
import type { Picture } from "#core/face";
import { type Box, isCutByEdge } from "#core/geometry";
import { codeOf, messageOf } from "#errors";
import type { Sighting } from "#flow/sighting";
import type { Clock } from "#ports/clock";
import type { LivenessCheck } from "#ports/liveness-check";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** Which pictures a door's service is shown, and how long it has. */
export interface LiveRules {
  /** A face lower than this is not sent, px. */
  readonly minFacePx: number;
  readonly withinMs: number;
}

/** A door's questions to a service whether whoever is recognised is really there: one a visit, about one picture at a time. */
export interface LiveQuestions {
  /** From now on the track's next good picture is sent; `onAnswer` is called at most once, never after `close`. */
  ask(
    about: { readonly trackId: number; readonly personId: string },
    onAnswer: (answer: "confirmed" | "declined") => void,
    signal: AbortSignal,
  ): { close(): void };
  /** A face that is good enough to be searched. */
  seen(sighting: Sighting): void;
  left(trackId: number): void;
  /** Nobody is asked any more, and no answer that still comes is heard. */
  end(): void;
}

interface Entry {
  readonly trackId: number;
  readonly personId: string;
  /** Monotonic ms, both. */
  readonly endsAtMs: number;
  notBeforeMs: number;
  isAsking: boolean;
  readonly stop: AbortController;
  readonly signal: AbortSignal;
  readonly onAnswer: (answer: "confirmed" | "declined") => void;
}

/** What one track may cost, over both tries of a visit: a look, and one more where nobody answered or the face has come clearly nearer. */
const MOST_CALLS = 2;
/** Between the two: whatever was wrong may be over then, and the picture is another. */
const AGAIN_AFTER_MS = 1000;
/** The contract wants so much of the picture around the face. */
const PADDING_PX = 25;
/** As much as a search is sent of it, where that is more. */
const AROUND = 1.6;

/** Nothing is sent, and nothing costs, until somebody was recognised who may pass. Whatever goes wrong ends in `declined` or in silence. */
export function createLiveQuestions(parts: {
  readonly door: string;
  readonly collection: string;
  /** Score, on the service's scale, at which it must know the person; of the moment. */
  readonly minScore: () => number;
  readonly rules: LiveRules;
  readonly check: LivenessCheck;
  /** JPEG of a part of a picture. */
  readonly cropOf: (picture: Picture, box: Box) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): LiveQuestions {
  const { door, rules, clock } = parts;
  const open = new Map<number, Entry>();
  const calls = new Map<number, number>();
  let hasEnded = false;
  const callsOf = (trackId: number): number => calls.get(trackId) ?? 0;
  const isOpen = (entry: Entry): boolean => open.get(entry.trackId) === entry && !entry.signal.aborted;

  const end = (entry: Entry, answer: "confirmed" | "declined"): void => {
    if (!isOpen(entry)) return;
    open.delete(entry.trackId);
    entry.onAnswer(answer);
  };

  const count = (outcome: string): void => parts.metrics.count("limen_live_checks_total", { door, outcome });

  const look = async (entry: Entry, picture: Picture): Promise<void> => {
    try {
      const { width, height } = picture;
      const image = await parts.cropOf(picture, { left: 0, top: 0, width, height });
      const { personId, signal } = entry;
      const asked = { image, personId, collection: parts.collection, minScore: parts.minScore(), signal };
      const { outcome, score } = await parts.check.check(asked);
      count(outcome);
      if (!isOpen(entry)) return;
      parts.logger.info({ door, outcome, score }, "the service has looked at a face");
      end(entry, outcome === "passed" ? "confirmed" : "declined");
    } catch (error) {
      if (!isOpen(entry)) return;
      count(codeOf(error));
      parts.logger.debug({ door, code: codeOf(error) }, `the service could not look at a face: ${messageOf(error)}`);
      entry.isAsking = false;
      entry.notBeforeMs = clock.monotonicMs() + AGAIN_AFTER_MS;
      if (callsOf(entry.trackId) >= MOST_CALLS) end(entry, "declined");
    }
  };

  return {
    ask({ trackId, personId }, onAnswer, signal) {
      const stop = new AbortController();
      const nowMs = clock.monotonicMs();
      const entry: Entry = {
        ...{ trackId, personId, stop, onAnswer, isAsking: false, notBeforeMs: nowMs, endsAtMs: nowMs + rules.withinMs },
        signal: AbortSignal.any([signal, stop.signal]),
      };
      if (!hasEnded) open.set(trackId, entry);
      return {
        close() {
          if (open.get(trackId) === entry) open.delete(trackId);
          stop.abort();
        },
      };
    },

    seen({ track, face, frame }) {
      const entry = open.get(track.id);
      const nowMs = clock.monotonicMs();
      if (entry === undefined || entry.isAsking || nowMs > entry.endsAtMs) return;
      if (callsOf(track.id) >= MOST_CALLS) return end(entry, "declined");
      // A picture from before the question, or before the first look failed, shows nothing new. Never larger than it was taken.
      const isLater = frame.capturedAtMs >= entry.notBeforeMs;
      if (!isLater || !(face.box.height >= rules.minFacePx) || isCutByEdge(face.box, frame, PADDING_PX)) return;
      const least = 1 + (2 * PADDING_PX) / Math.min(face.box.width, face.box.height);
      const cut = cutOut(frame, face.box, Math.max(AROUND, least));
      if (cut === null) return;
      calls.set(track.id, callsOf(track.id) + 1);
      entry.isAsking = true;
      void look(entry, cut.picture);
    },

    left: (trackId) => void calls.delete(trackId),

    end() {
      for (const { stop } of open.values()) stop.abort();
      open.clear();
      hasEnded = true;
    },
  };
}
