import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";

/** Things to release, in reverse order of their opening; one that fails to close does not keep the others open. */
export interface ClosingStack extends AsyncDisposable {
  /** Takes over something opened; returns it. */
  own<T extends AsyncDisposable>(resource: T): T;
  /** Runs at closing time. */
  defer(close: () => PromiseLike<void> | void): void;
}

export function createClosingStack(onFault: (error: unknown) => void): ClosingStack {
  const closers: (() => PromiseLike<void> | void)[] = [];
  const defer = (close: () => PromiseLike<void> | void): void => {
    closers.push(close);
  };
  return {
    own(resource) {
      defer(() => resource[Symbol.asyncDispose]());
      return resource;
    },
    defer,
    async [Symbol.asyncDispose]() {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close();
        } catch (error) {
          onFault(error);
        }
      }
    },
  };
}

/** Waits for `work`, at most `ms`. Throws LIMEN_STOP_DEADLINE when it was not done by then (it goes on unwatched). */
export async function withinDeadline(work: PromiseLike<void>, ms: number, clock: Clock): Promise<void> {
  const timer = new AbortController();
  const late = clock.sleep(ms, timer.signal).then(
    () => {
      throw new LimenError("LIMEN_STOP_DEADLINE", `not everything had stopped after ${Math.round(ms / 100) / 10} s`);
    },
    () => {},
  );
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * Waits until `running` ends or the signal aborts. From then on `running` has half of `ms` to end, and closing what is left of it:
 * a loop that hangs keeps nothing else open. Throws what `running` threw, or LIMEN_STOP_DEADLINE.
 */
export async function stopInOrder(
  running: Promise<unknown>,
  closing: AsyncDisposable,
  { signal, ms, clock }: { readonly signal: AbortSignal; readonly ms: number; readonly clock: Clock },
): Promise<void> {
  await Promise.race([running, aborted(signal)]).catch(() => {});
  const sinceMs = clock.monotonicMs();
  try {
    await withinDeadline(
      running.then(() => {}),
      ms / 2,
      clock,
    );
  } finally {
    await withinDeadline(closing[Symbol.asyncDispose](), ms - (clock.monotonicMs() - sinceMs), clock);
  }
}

/** Loops that begin and end one by one while the whole goes on. */
export interface Loops {
  add(loop: Promise<unknown>): void;
  /** Rejects with the first that does; resolves when the signal has aborted and all that were there have ended. */
  readonly running: Promise<void>;
}

export function createLoops(signal: AbortSignal): Loops {
  const open = new Set<Promise<unknown>>();
  let broke: (error: unknown) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    broke = reject;
  });
  const running = Promise.race([
    broken,
    aborted(signal)
      .then(() => Promise.all(open))
      .then(() => {}),
  ]);
  // Whoever awaits it hears of it; until then it must not count as unhandled.
  running.catch(() => {});
  return {
    add(loop) {
      const kept = loop.then(
        () => void open.delete(kept),
        (error: unknown) => {
          open.delete(kept);
          broke(error);
        },
      );
      open.add(kept);
    },
    running,
  };
}

/** Parts of one kind, each opened and closed by its name while the others go on. */
export interface PartSet<T> extends AsyncDisposable {
  get(name: string): T | undefined;
  /** What is opened belongs to the part, and is closed with it, also where opening the rest of it throws. */
  open(name: string, open: (closing: ClosingStack) => Promise<T>): Promise<T>;
  /** Gone at once for whoever asks; resolves when it is closed. */
  close(name: string): Promise<void>;
}

export function createPartSet<T>(onFault: (error: unknown) => void): PartSet<T> {
  const parts = new Map<string, { readonly part: T; readonly closing: ClosingStack }>();
  let isOver = false;
  const close = async (name: string): Promise<void> => {
    const known = parts.get(name);
    parts.delete(name);
    await known?.closing[Symbol.asyncDispose]();
  };
  return {
    get: (name) => parts.get(name)?.part,
    async open(name, open) {
      const closing = createClosingStack(onFault);
      try {
        const part = await open(closing);
        if (isOver || parts.has(name)) throw new LimenError("LIMEN_INTERNAL", `${name} cannot be opened now.`);
        parts.set(name, { part, closing });
        return part;
      } catch (error) {
        await closing[Symbol.asyncDispose]();
        throw error;
      }
    },
    close,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.all([...parts.keys()].map(close));
    },
  };
}
