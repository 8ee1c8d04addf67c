import { MAX_RESULTS } from "#engine/kernel-layout";

/** The mean is computed at the search, from the rows that are there anyway, for the people whose best face comes first: so many at least. */
const MOST_AVERAGED = 16;

/** People the scan has to name: those whose mean counts, and as many as are asked for. */
export const placesToScan = (maxResults: number): number => Math.min(MAX_RESULTS, Math.max(MOST_AVERAGED, maxResults));

/**
 * The cosine somebody's best face has at least when their mean has `floor`. With R the length of the average of n unit vectors,
 * the cosine to their mean is the average of the cosines to them, divided by R: at most best/R. And R² is (1 + (n − 1) m)/n with m
 * the mean cosine between two of them, so never below m, which is never below `least`.
 */
export const floorOfBest = (floor: number, least: number): number => floor * Math.sqrt(least);
