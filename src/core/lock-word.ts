/** What a lock says of itself, in the words Home Assistant has for it too. `unknown` = it has said nothing, or nothing that is understood. */
export const LOCK_WORDS = ["locked", "unlocking", "unlocked", "locking", "jammed", "unknown"] as const;
export type LockWord = (typeof LOCK_WORDS)[number];
