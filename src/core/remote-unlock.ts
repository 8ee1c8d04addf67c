import type { Instant, Now } from "#core/instant";
import type { DoorMode } from "#core/policy";
import { wordsFor } from "#core/reason";
import { type Bucket, type BucketRule, fullBucket, takeToken } from "#core/throttle";

/**
 * What stands for a request: `signed` with a key of the configuration, a `token` of the API, a `session` of the console, or `nothing`
 * but the right to write to a topic.
 */
export type RemoteProof = "signed" | "token" | "session" | "nothing";

/** Somebody asks from afar for a door to be opened. */
export interface RemoteRequest {
  readonly door: string;
  /** The channel and, where it has one, the name of the key, token or account. */
  readonly by: string;
  readonly proof: RemoteProof;
  /** The asking program's own name for this request; each is good once. Null = it has none. */
  readonly id: string | null;
  /** When it says it was made, and until when it counts, on the wall clock; null = it does not say. */
  readonly madeAt: Instant | null;
  readonly expiresAt: Instant | null;
  /** The broker had kept it. */
  readonly retained: boolean;
  /** For how long we have listened when it came, ms; null where nothing can have waited for us (a request over HTTP). */
  readonly listeningMs: number | null;
}

/** What the configuration allows at one door. */
export interface RemoteRules {
  /** Opening from afar at all … */
  readonly unlock: boolean;
  /** … also by messages that prove nothing. */
  readonly unsigned: boolean;
}

export const REMOTE_REFUSALS = [
  "no_such_door",
  "not_allowed",
  "unsigned",
  "retained",
  "just_connected",
  "clock_untrusted",
  "expired",
  "replay",
  "rate_limited",
  "door_disabled",
  "door_locked_down",
  "door_in_shadow",
  "locked_out",
  "interlock",
  "audit_unavailable",
] as const;
export type RemoteRefusal = (typeof REMOTE_REFUSALS)[number];

const WORDS: Readonly<Record<RemoteRefusal, string>> = {
  no_such_door: "there is no such door",
  not_allowed: "this door may not be opened from afar",
  unsigned: "a message that proves nothing does not open this door",
  retained: "the broker had kept the message",
  just_connected: "the message may have waited somewhere: Limen has only begun to listen",
  clock_untrusted: "the clock cannot be trusted, so nobody knows how old this is",
  expired: "the request is too old, or does not say when it was made",
  replay: "this very request was made before",
  rate_limited: wordsFor("rate_limited"),
  door_disabled: wordsFor("door_disabled"),
  door_locked_down: wordsFor("door_locked_down"),
  door_in_shadow: "the door is in shadow: it decides and records, and opens nothing",
  locked_out: wordsFor("locked_out"),
  interlock: wordsFor("interlock"),
  audit_unavailable: "it could not be recorded, and what is not recorded opens nothing",
};

/** One plain sentence part a person can read, without code words. */
export function refusalWords(refusal: RemoteRefusal): string {
  return WORDS[refusal];
}

/** Longest time between a request's being made and its end, and how far a clock elsewhere may be ahead of ours, ms. */
const LONGEST_REQUEST_MS = 30_000;
const SKEW_MS = 5000;
/** A request without a time is not believed so soon after we began to listen: it may have waited somewhere. */
const SETTLING_MS = 3000;
/** Of one caller: three at once, then one each 5 s. A door has its own bucket, shared with faces. */
const CALLER: BucketRule = { capacity: 3, refillEveryMs: 5000 };
/** Requests remembered at once, and callers; with more nobody is let in, because nothing could be told from a repetition. */
const MOST_IDS = 512;
const MOST_CALLERS = 256;

/** What is remembered of earlier requests: data. */
export interface RemoteMemory {
  /** We have listened since then; what was made before is not believed, because what we knew then is forgotten. */
  readonly since: Instant;
  /** Caller and id of each request, with the end of its life. */
  readonly ids: ReadonlyMap<string, Instant>;
  readonly callers: ReadonlyMap<string, Bucket>;
}

export function remoteMemory(since: Instant): RemoteMemory {
  return { since, ids: new Map(), callers: new Map() };
}

function timeFault(request: RemoteRequest, { since }: RemoteMemory, now: Instant): "expired" | null {
  const { madeAt, expiresAt } = request;
  if (madeAt !== null) {
    const fits = madeAt <= now + SKEW_MS && madeAt >= now - LONGEST_REQUEST_MS && madeAt >= since;
    if (!fits) return "expired";
  }
  if (expiresAt !== null) {
    const fits = expiresAt > now && expiresAt <= now + LONGEST_REQUEST_MS;
    if (!fits) return "expired";
  }
  return null;
}

/** True where nothing but times and an id can tell a request from its repetition. */
function needsTimes({ proof }: RemoteRequest): boolean {
  return proof === "signed";
}

function formFault(request: RemoteRequest, rules: RemoteRules, clockTrusted: boolean): RemoteRefusal | null {
  const { proof, retained, listeningMs, madeAt, expiresAt, id } = request;
  if (retained) return "retained";
  if (!rules.unlock) return "not_allowed";
  if (proof === "nothing" && !rules.unsigned) return "unsigned";
  if (needsTimes(request) && (madeAt === null || expiresAt === null || id === null)) return "expired";
  if ((madeAt !== null || expiresAt !== null) && !clockTrusted) return "clock_untrusted";
  if (madeAt === null && listeningMs !== null && !(listeningMs >= SETTLING_MS)) return "just_connected";
  return null;
}

/**
 * Whether this request is one to act on, whatever the door says to it; and the memory afterwards. Pure and closed: what is missing or
 * odd refuses. A request that was refused for its times or its form is not remembered and takes nothing.
 */
export function judgeRequest(
  memory: RemoteMemory,
  rules: RemoteRules,
  request: RemoteRequest,
  { nowMs, now, clockTrusted }: Now & { readonly clockTrusted: boolean },
): { readonly refusal: RemoteRefusal | null; readonly memory: RemoteMemory } {
  const refused = (refusal: RemoteRefusal, after = memory) => ({ refusal, memory: after });
  const fault = formFault(request, rules, clockTrusted) ?? timeFault(request, memory, now);
  if (fault !== null) return refused(fault);

  const { by, id } = request;
  const ids = new Map([...memory.ids].filter(([, until]) => until > now));
  if (id !== null) {
    const key = `${by} ${id}`;
    if (ids.has(key)) return refused("replay");
    if (ids.size >= MOST_IDS) return refused("rate_limited");
    ids.set(key, (request.expiresAt ?? now + LONGEST_REQUEST_MS) as Instant);
  }
  const callers = new Map(memory.callers);
  if (!callers.has(by) && callers.size >= MOST_CALLERS) return refused("rate_limited");
  const left = takeToken(callers.get(by) ?? fullBucket(CALLER, nowMs), CALLER, nowMs);
  if (left === null) return refused("rate_limited", { ...memory, ids });
  callers.set(by, left);
  return { refusal: null, memory: { ...memory, ids, callers } };
}

/** Why a door in this mode opens for nobody's word from afar, or null. */
export function modeRefusal(mode: DoorMode): RemoteRefusal | null {
  switch (mode) {
    case "disabled":
      return "door_disabled";
    case "locked_down":
      return "door_locked_down";
    case "shadow":
      return "door_in_shadow";
    case "normal":
    case "free_access":
      return null;
  }
}
