/** What a camera's pictures say of the camera. Closed set: shown, logged and tested by these words. */
export const SIGHT_STATES = ["ok", "frozen", "dark", "covered", "moved", "blurred", "clock_back"] as const;
export type SightState = (typeof SIGHT_STATES)[number];

/** One picture in numbers (core/scene, core/view). */
export interface SightSample {
  /** Monotonic ms at which the picture arrived. */
  readonly atMs: number;
  /** Monotonic ms at which the camera's own clock was last seen to run backwards; null = never. */
  readonly clockBackAtMs: number | null;
  readonly light: number;
  readonly contrast: number;
  readonly sharpness: number;
  readonly fingerprint: number;
  /** Share of the known view that is still in its place, null = not known. */
  readonly match: number | null;
  /** The known view was found, whole, at another place of the picture. */
  readonly isShifted: boolean;
  /** The camera looks at the same thing as at the picture before, whatever it is. */
  readonly isSteady: boolean;
}

export interface Sight {
  readonly state: SightState;
  /** Monotonic ms at which it became so. */
  readonly sinceMs: number;
  /** The known view is void and what the camera sees now takes its place. True for one step only. */
  readonly adoptsView: boolean;
  /** Sharpness and contrast of this camera when all is well; null before anything was learned. */
  readonly usual: { readonly sharpness: number; readonly contrast: number } | null;
  readonly last: SightSample | null;
  /** Since when the pictures are one and the same. */
  readonly sameSinceMs: number;
  /** What the newest picture alone says, and since when they say so without a break: all is well, it is soft, or it disarms. */
  readonly verdict: SightState;
  readonly verdictSinceMs: number;
  /** Since when a camera that was moved looks at one and the same new view. */
  readonly steadySinceMs: number;
}

/** A fault must be seen for so long before it counts, ms. A visitor, a lorry or a flash is over by then. */
const ENTER_MS: Readonly<Record<SightState, number>> = {
  ok: 0,
  clock_back: 0, // one is enough: time never runs back
  frozen: 0, // FROZEN_MS is the time itself
  dark: 5_000,
  covered: 5_000,
  moved: 10_000,
  blurred: 10_000,
};

/** Good pictures must come for so long before a fault is over, ms. */
const LEAVE_MS: Readonly<Record<SightState, number>> = {
  ok: 0,
  clock_back: 10_000, // longer than a visit: whoever cuts in a recording of one gets nothing of it
  frozen: 500, // a picture that differs is proof; somebody who walks up must not wait for it
  dark: 1_000, // a lamp that goes on with the visitor
  covered: 1_000,
  moved: 10_000,
  blurred: 3_000,
};

/** Byte-identical pictures for longer than this are a frozen camera. Encoders may repeat a picture between two key frames, rarely 10 s apart. */
export const FROZEN_MS = 10_000;
/** Without pictures for so long nothing is known of the time between. */
const GAP_MS = 5_000;
/** A new view that has stood for so long is the camera's view. */
export const NEW_VIEW_MS = 10 * 60_000;
/** Learned numbers follow with this time constant, ms. */
const USUAL_FOLLOWS_MS = 60_000;

/**
 * Limits; the second number holds while the state lasts, so that nothing flutters. Conservative: a night scene with one lamp has a
 * contrast far above 6, a white wall a sharpness of its own.
 */
const DARK = { light: [16, 22], contrast: [6, 8] } as const;
const COVERED_CONTRAST = [5, 7] as const;
const DUSK_LIGHT = 40;
const DUSK_MATCH = 0.5;
/** Or, for a hand or a bag that is not quite even: so little of the usual contrast and sharpness left, and nothing where it was. */
const COVERED_SHARE = 0.3;
const MOVED_MATCH = [0.2, 0.5] as const;
const BLURRED_SHARE = [0.4, 0.6] as const;
/** A camera that never saw an edge steeper than this cannot be told to have lost its focus. */
const FOCUS_KNOWN = 24;

export const UNSEEN: Sight = {
  state: "ok",
  sinceMs: 0,
  adoptsView: false,
  usual: null,
  last: null,
  sameSinceMs: 0,
  verdict: "ok",
  verdictSinceMs: 0,
  steadySinceMs: 0,
};

/**
 * True when nothing such a camera shows may open a door. A blurred one may: each face's own sharpness is judged anyway.
 */
export function disarms(state: SightState): boolean {
  return state !== "ok" && state !== "blurred";
}

/** What this one picture says, the worst first. */
function verdictOf(sight: Sight, sample: SightSample, sameSinceMs: number): SightState {
  const lax = (state: SightState): 0 | 1 => (sight.state === state ? 1 : 0);
  const { light, contrast, sharpness, match } = sample;
  const { usual } = sight;
  if (sample.atMs - sameSinceMs >= FROZEN_MS) return "frozen";
  if (!Number.isFinite(light + contrast + sharpness)) return "covered";
  if (light < DARK.light[lax("dark")] && contrast < DARK.contrast[lax("dark")]) return "dark";
  // Little light left, but what there is lies where it always did: night falls, nobody covers the lens.
  if (contrast < COVERED_CONTRAST[lax("covered")])
    return light < DUSK_LIGHT && match !== null && match >= DUSK_MATCH ? "dark" : "covered";
  if (match !== null && (match < MOVED_MATCH[lax("moved")] || sample.isShifted)) {
    const isVeiled =
      usual !== null && contrast < COVERED_SHARE * usual.contrast && sharpness < COVERED_SHARE * usual.sharpness;
    return isVeiled ? "covered" : "moved";
  }
  const isSoft = usual !== null && usual.sharpness >= FOCUS_KNOWN;
  return isSoft && sharpness < BLURRED_SHARE[lax("blurred")] * usual.sharpness ? "blurred" : "ok";
}

/** How long `verdict` must be heard before it is the state, ms. */
function patienceMs(state: SightState, verdict: SightState): number {
  return verdict === "ok" || (disarms(state) && !disarms(verdict)) ? LEAVE_MS[state] : ENTER_MS[verdict];
}

/** One fault after another is one doubt: fluttering between two of them must not keep either from counting. */
function isSameNews(before: SightState, now: SightState): boolean {
  return before === now || (disarms(before) && disarms(now));
}

/**
 * The next judgement of a camera from one more picture. Pure and total: a sample of nonsense never makes a fault better.
 * `moved` ends when the known view is back, when the new one has stood for NEW_VIEW_MS, or with a restart.
 */
export function nextSight(sight: Sight, sample: SightSample): Sight {
  const { last } = sight;
  const { atMs } = sample;
  const isInOrder = last === null || atMs >= last.atMs;
  const isClockBack = sample.clockBackAtMs !== null && sample.clockBackAtMs !== last?.clockBackAtMs;
  if (isInOrder && !isClockBack) {
    return last === null ? follow({ ...sight, ...timersAt(atMs) }, sample, 0) : follow(sight, sample, atMs - last.atMs);
  }
  return { ...sight, ...timersAt(atMs), state: "clock_back", verdict: "clock_back", last: sample, adoptsView: false };
}

/** Every time that is counted, beginning now. */
function timersAt(atMs: number): Pick<Sight, "sinceMs" | "sameSinceMs" | "steadySinceMs" | "verdictSinceMs"> {
  return { sinceMs: atMs, sameSinceMs: atMs, steadySinceMs: atMs, verdictSinceMs: atMs };
}

/** A picture that is not older than the one before, `stepMs` after it. */
function follow(sight: Sight, sample: SightSample, stepMs: number): Sight {
  const { atMs } = sample;
  const isGap = stepMs > GAP_MS;
  const isChanged = isGap || sample.fingerprint !== sight.last?.fingerprint;
  const sameSinceMs = isChanged ? atMs : sight.sameSinceMs;
  const steadySinceMs = isGap || !sample.isSteady ? atMs : sight.steadySinceMs;
  const verdict = verdictOf(sight, sample, sameSinceMs);
  const verdictSinceMs = isGap || !isSameNews(sight.verdict, verdict) ? atMs : sight.verdictSinceMs;
  const next = { ...sight, last: sample, sameSinceMs, steadySinceMs, verdict, verdictSinceMs, adoptsView: false };

  if (sight.state === "moved" && verdict === "moved" && atMs - steadySinceMs >= NEW_VIEW_MS)
    return { ...next, ...timersAt(atMs), state: "ok", verdict: "ok", adoptsView: true, usual: null };
  if (verdict === sight.state)
    return verdict === "ok" ? { ...next, usual: followed(sight.usual, sample, stepMs) } : next;
  if (atMs - verdictSinceMs < patienceMs(sight.state, verdict)) return next;
  return { ...next, state: verdict, sinceMs: atMs };
}

function followed(usual: Sight["usual"], { sharpness, contrast }: SightSample, stepMs: number): Sight["usual"] {
  if (usual === null) return { sharpness, contrast };
  const weight = Math.min(1, stepMs / USUAL_FOLLOWS_MS);
  return {
    sharpness: usual.sharpness + weight * (sharpness - usual.sharpness),
    contrast: usual.contrast + weight * (contrast - usual.contrast),
  };
}
