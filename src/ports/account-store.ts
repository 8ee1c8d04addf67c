import type { Instant } from "#core/instant";
import type { Role } from "#core/role";

export interface Account {
  /** `[a-z0-9_-]{1,64}`. */
  readonly name: string;
  readonly role: Role;
}

/** An account with what its password is checked against; the password itself is kept nowhere. */
export interface KeptAccount extends Account {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** A session by the hash of its token. */
export interface KeptSession {
  readonly key: string;
  readonly account: string;
  readonly openedAt: Instant;
  readonly until: Instant;
}

/** How many tries a source has left, as of a moment. */
export interface KeptAttempts {
  readonly source: string;
  readonly tokens: number;
  readonly at: Instant;
}

export interface KeptLink {
  readonly digest: Uint8Array;
  readonly until: Instant;
}

/** Who may use the console, who does, and who tries: over restarts. A write that returned has reached the disk. Throws LIMEN_STORE_*. */
export interface AccountStore {
  accounts(): Promise<readonly Account[]>;
  account(name: string): Promise<KeptAccount | null>;
  /** Makes the account or replaces it; its sessions end. */
  keepAccount(account: KeptAccount): Promise<void>;
  /** Its sessions end, too. False when there was none. */
  removeAccount(name: string): Promise<boolean>;
  session(key: string): Promise<KeptSession | null>;
  /** Those that were over before `openedAt` are forgotten, and of the others the oldest beyond `most`. */
  keepSession(session: KeptSession, most: number): Promise<void>;
  endSession(key: string): Promise<void>;
  attempts(source: string): Promise<KeptAttempts | null>;
  /** The sources that tried longest ago beyond `most` are forgotten. */
  keepAttempts(attempts: KeptAttempts, most: number): Promise<void>;
  forgetAttempts(source: string): Promise<void>;
  /** The link by which the owner's password may be set, by its token's hash. */
  link(): Promise<KeptLink | null>;
  /** There is one at a time; null takes it away. */
  keepLink(link: KeptLink | null): Promise<void>;
}
