import { randomBytes } from "node:crypto";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { RemoteRequest } from "#core/remote-unlock";
import type { RemoteAnswer } from "#ports/remote-doors";

/** A page that asks whether to open is good for so long: what was meant earlier is not what is wanted now. */
const SLIP_LIFE_MS = 60_000;
/** Pages of that kind remembered at once; one more makes the oldest void. */
const MOST_SLIPS = 256;

/** Who means to open which door. */
export interface Intent {
  readonly account: string;
  readonly door: string;
}

interface Slip extends Intent {
  readonly atMs: number;
  /** What became of it, or is becoming; null = not used yet. */
  answer: Promise<RemoteAnswer> | null;
}

export interface Openings {
  /** A new page that asks: the number its form sends back, good for one opening, a minute long. */
  slip(intent: Intent): string;
  /**
   * Opens, once for each slip: the same form sent again, by a double click or a reload, hears what became of the first. Null for a slip
   * that is old, unknown, or of another account or door: nothing was asked then. Never rejects.
   */
  open(slip: string, intent: Intent): Promise<RemoteAnswer> | null;
  /** What became of a slip that was used; null where that is not known. */
  answer(slip: string, intent: Intent): Promise<RemoteAnswer> | null;
  /** Asks without a slip, where the configuration does not allow opening: to be refused, and recorded. */
  refused(intent: Intent): Promise<RemoteAnswer>;
}

/** How an account of the console is named where it is recorded. */
export function callerOf(account: string): string {
  return `console:${account}`;
}

/** Requests to open from the console's pages. What was handed out is forgotten at a restart, and good for nothing then. */
export function createOpenings({
  remote,
  clock,
  signal,
}: Pick<ConsoleOptions, "remote" | "clock" | "signal">): Openings {
  const slips = new Map<string, Slip>();
  const request = ({ account, door }: Intent, id: string | null): RemoteRequest => ({
    ...{ door, by: callerOf(account), proof: "session", id },
    ...{ madeAt: null, expiresAt: null, retained: false, listeningMs: null },
  });
  const find = (slip: string, { account, door }: Intent): Slip | null => {
    const found = slips.get(slip);
    return found?.account === account && found.door === door ? found : null;
  };
  return {
    slip({ account, door }) {
      const id = randomBytes(16).toString("base64url");
      slips.set(id, { account, door, atMs: clock.monotonicMs(), answer: null });
      const [oldest = ""] = slips.keys();
      if (slips.size > MOST_SLIPS) slips.delete(oldest);
      return id;
    },
    open(slip, intent) {
      const found = find(slip, intent);
      if (found === null) return null;
      if (found.answer === null && !(clock.monotonicMs() - found.atMs <= SLIP_LIFE_MS)) return null;
      // Not the browser's own signal: it breaks off the first of two equal requests, and what was recorded must be carried out.
      found.answer ??= remote.unlock(request(intent, slip), signal);
      return found.answer;
    },
    answer: (slip, intent) => find(slip, intent)?.answer ?? null,
    refused: (intent) => remote.unlock(request(intent, null), signal),
  };
}
