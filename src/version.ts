/** Kept equal to package.json by a test. */
export const VERSION = "0.1.0";

/** A clock that shows an earlier time than this (epoch ms, 2026-11-01) is wrong: the program did not exist then. */
export const MADE_AT = Date.UTC(2026, 10, 1);
