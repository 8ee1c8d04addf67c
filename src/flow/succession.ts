import type { Clock } from "#ports/clock";

/** All that one configuration opened. */
export interface Generation<C> {
  /** Takes over what may change while it runs; `before` is what it runs with. Rejects where that fails: then it is not whole any more. */
  use(next: C, before: C): Promise<void>;
  /** Settles when everything of it has been closed, after its signal or by itself; rejects with what it broke by. */
  untilStopped(): Promise<void>;
}

/** One generation after the other, each with the newest configuration that was taken. */
export interface Succession<C> {
  /** What runs, or what will in a moment: what another configuration must be compared with. */
  newest(): C;
  /** Runs the work when no generation is being opened and no other work runs. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /**
   * For use in turn: lets the running generation use it. False = another generation begins in a moment, with this; also where the one that
   * runs could not take it, which then is told of.
   */
  use(next: C): Promise<boolean>;
  /** For use in turn: the next generation begins with this, a moment later. */
  openAnew(next: C): void;
  /**
   * Opens the first, and a next whenever one is wanted, until the signal aborts or one stops by itself. Where a next does not open,
   * the last that did is opened again. Rejects for a first that does not open and for a generation that breaks.
   */
  run(): Promise<void>;
}

/** `graceMs`: how long a generation lives on once a next is wanted, so that whoever asked over one of its parts gets an answer. */
export function createSuccession<C>(options: {
  readonly first: C;
  /** Opens all of it; ends with the signal. */
  readonly open: (configuration: C, signal: AbortSignal) => Promise<Generation<C>>;
  /** Hears of each configuration that did not open. */
  readonly onRefused: (error: unknown) => void;
  /** Hears of each that the running generation could not take over, and that is opened anew for. */
  readonly onBroken: (error: unknown) => void;
  readonly graceMs: number;
  readonly clock: Pick<Clock, "sleep">;
  readonly signal: AbortSignal;
}): Succession<C> {
  const { clock, signal } = options;
  let running = options.first;
  let next: { readonly configuration: C } | null = null;
  let generation: Generation<C> | null = null;
  let ending = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  const open = async (configuration: C): Promise<Generation<C>> => {
    ending = new AbortController();
    const opened = await options.open(configuration, AbortSignal.any([signal, ending.signal]));
    running = configuration;
    generation = opened;
    return opened;
  };
  const succeed = async (): Promise<Generation<C> | null> => {
    const wanted = next;
    next = null;
    if (signal.aborted || wanted === null) return null;
    try {
      return await open(wanted.configuration);
    } catch (error) {
      options.onRefused(error);
      return open(running);
    }
  };

  const openAnew = (configuration: C): void => {
    const isUnderWay = next !== null;
    next = { configuration };
    if (isUnderWay) return;
    const leaving = ending;
    void clock
      .sleep(options.graceMs, signal)
      .catch(() => {})
      .then(() => leaving.abort());
  };

  return {
    newest: () => (next === null ? running : next.configuration),
    inTurn,
    async use(configuration) {
      if (next !== null) {
        next = { configuration };
        return false;
      }
      try {
        await generation?.use(configuration, running);
      } catch (error) {
        options.onBroken(error);
        openAnew(configuration);
        return false;
      }
      running = configuration;
      return true;
    },
    openAnew,
    async run() {
      let current: Generation<C> | null = await inTurn(() => open(options.first));
      while (current !== null) {
        await current.untilStopped();
        current = await inTurn(succeed);
      }
      await last;
    },
  };
}
