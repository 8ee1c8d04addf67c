import { createHash, randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Clock } from "#ports/clock";

const LIFE_MS = 12 * 60 * 60 * 1000;
/** Open at once; one more ends the oldest. */
const MAX_SESSIONS = 64;

/** Somebody who has given the password. */
export interface Session {
  /** Aborts when they sign out, after 12 hours, and when the console stops. */
  readonly ended: AbortSignal;
}

export interface Sessions extends Disposable {
  /** A new session's token: 256 random bits, kept here only as a hash. */
  open(): string;
  /** Null for a token that is unknown or over. */
  find(token: string | undefined): Session | null;
  end(token: string | undefined): void;
}

interface Kept extends Session {
  readonly end: () => void;
  readonly untilMs: number;
}

/** Sessions in memory: a restart ends them all. */
export function createSessions(clock: Clock): Sessions {
  const kept = new Map<string, Kept>();
  const keyOf = (token: string): string => createHash("sha256").update(token).digest("base64");

  const drop = (key: string): void => {
    const session = kept.get(key);
    kept.delete(key);
    session?.end();
  };

  return {
    open() {
      const [oldest] = kept.keys();
      if (kept.size >= MAX_SESSIONS && oldest !== undefined) drop(oldest);
      const token = randomBytes(32).toString("base64url");
      const key = keyOf(token);
      const end = new AbortController();
      // One listener for each page that watches live, and those are bounded elsewhere.
      setMaxListeners(0, end.signal);
      kept.set(key, { ended: end.signal, end: () => end.abort(), untilMs: clock.monotonicMs() + LIFE_MS });
      // Whoever only watches asks nothing more: time must end their session by itself.
      clock.sleep(LIFE_MS, end.signal).then(
        () => drop(key),
        () => {},
      );
      return token;
    },
    find(token) {
      if (token === undefined) return null;
      const key = keyOf(token);
      const session = kept.get(key);
      if (session === undefined) return null;
      if (clock.monotonicMs() < session.untilMs) return session;
      drop(key);
      return null;
    },
    end(token) {
      if (token !== undefined) drop(keyOf(token));
    },
    [Symbol.dispose]() {
      for (const key of [...kept.keys()]) drop(key);
    },
  };
}
