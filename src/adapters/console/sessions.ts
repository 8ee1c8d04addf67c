import { createHash, randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Account, AccountStore, KeptSession } from "#ports/account-store";
import type { Clock } from "#ports/clock";

const LIFE_MS = 12 * 60 * 60 * 1000;
/** Open at once; one more ends the oldest. */
const MAX_SESSIONS = 64;

/** Somebody who has signed in. */
export interface Session {
  readonly account: Account;
  /** Aborts when they sign out, after 12 hours, when their account changes, and when the console stops. */
  readonly ended: AbortSignal;
}

export interface Sessions extends Disposable {
  /** A new session's token: 256 random bits, kept only as a hash. Throws LIMEN_STORE_*. */
  open(account: Account): Promise<string>;
  /** Null for a token that is unknown or over, and for one whose account is gone. Throws LIMEN_STORE_*. */
  find(token: string | undefined): Promise<Session | null>;
  end(token: string | undefined): Promise<void>;
  /** Ends everything somebody has open. */
  endAllOf(account: string): void;
}

interface Live {
  readonly account: string;
  readonly end: AbortController;
}

export interface SessionParts {
  readonly store: Pick<AccountStore, "session" | "keepSession" | "endSession">;
  /** The account of this name as it is now; null when it is gone. */
  readonly accountOf: (name: string) => Promise<Account | null>;
  readonly clock: Clock;
}

/** Sessions that outlive a restart: the store knows them, memory only holds what must hear of their end. */
export function createSessions({ store, accountOf, clock }: SessionParts): Sessions {
  const live = new Map<string, Live>();
  const keyOf = (token: string): string => createHash("sha256").update(token).digest("base64");

  const drop = (key: string): void => {
    const session = live.get(key);
    live.delete(key);
    session?.end.abort();
  };
  const endOf = (key: string, { account, until }: KeptSession): AbortSignal => {
    const known = live.get(key);
    if (known !== undefined) return known.end.signal;
    const end = new AbortController();
    // One listener for each page that watches live, and those are bounded elsewhere.
    setMaxListeners(0, end.signal);
    live.set(key, { account, end });
    const [oldest] = live.keys();
    if (live.size > MAX_SESSIONS && oldest !== undefined) drop(oldest);
    // Whoever only watches asks nothing more: time must end their session by itself.
    clock.sleep(Math.max(0, until - clock.now()), end.signal).then(
      () => drop(key),
      () => {},
    );
    return end.signal;
  };

  return {
    async open({ name }) {
      const token = randomBytes(32).toString("base64url");
      const openedAt = clock.now();
      const until = (openedAt + LIFE_MS) as typeof openedAt;
      await store.keepSession({ key: keyOf(token), account: name, openedAt, until }, MAX_SESSIONS);
      return token;
    },
    async find(token) {
      if (token === undefined) return null;
      const key = keyOf(token);
      const kept = await store.session(key);
      const now = clock.now();
      // A clock that was set back does not make anybody's session longer.
      const account = kept === null || now >= kept.until || now < kept.openedAt ? null : await accountOf(kept.account);
      if (kept === null || account === null) {
        drop(key);
        return null;
      }
      return { account, ended: endOf(key, kept) };
    },
    async end(token) {
      if (token === undefined) return;
      const key = keyOf(token);
      drop(key);
      await store.endSession(key);
    },
    endAllOf(account) {
      for (const [key, session] of [...live]) if (session.account === account) drop(key);
    },
    [Symbol.dispose]() {
      for (const key of [...live.keys()]) drop(key);
    },
  };
}
