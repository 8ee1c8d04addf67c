import type { DoorTransport } from "#adapters/doors/door-transport";
import type { DoorMessage } from "#adapters/doors/profile";
import type { Clock } from "#ports/clock";

/** Longest wait for an answer, ms; shorter when the grant's life ends before. */
export const ANSWER_WAIT_MS = 2000;
/** An order without an answer for so long is sent once more, ms: far longer than a relay in the house takes, short enough to still help whoever waits. */
const SECOND_TRY_AFTER_MS = 500;
/** How quickly the broker must answer for an order to be sent to a device that cannot tell old orders from new ones, ms. */
export const QUICK_LINK_MS = 250;

/**
 * Shortest pulse for which there is a second copy, ms: one that follows the first so much later must find it still running, or the door
 * would open twice. The wait, both looks at the link, and as much again for the way to the device.
 */
const SHORTEST_REPEATED_PULSE_MS = 2 * (SECOND_TRY_AFTER_MS + QUICK_LINK_MS);

/** What ended an exchange. `answered` = by the device; `taken` = the broker has the order and nobody will say more. */
export type Ending =
  | { readonly is: "answered"; readonly done: boolean; readonly why: string }
  | { readonly is: "taken" }
  | { readonly is: "lost"; readonly why: "no_ack" | "not_sent" | "connection_lost" | "stopped" };

/** One order on its way to a device. */
export interface Exchange {
  readonly id: string;
  readonly ended: Promise<Ending>;
  end(ending: Ending): void;
  /** The order has had its effect, or is not wanted any more: no second copy. */
  once(): void;
}

/**
 * Sends an order and waits for what comes first: the device's word, the deadline, the caller's signal. An order without an answer is
 * sent once more, if it may have been lost: the same absolute order, so that the device restarts its pulse at most. When not even the
 * broker has answered by the end, what may still wait in this computer's socket is thrown away with the connection.
 */
export function sendOrder(
  parts: {
    readonly transport: DoorTransport;
    readonly clock: Clock;
    readonly isThere: () => boolean;
    readonly acks: boolean;
  },
  order: {
    readonly id: string;
    readonly message: DoorMessage;
    readonly pulseMs: number;
    readonly untilMs: number;
  },
  signal: AbortSignal,
): Exchange {
  const { transport, clock, acks } = parts;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const leftMs = (): number => order.untilMs - clock.monotonicMs();
  let isKnownAtBroker = false;
  let mayRepeat = acks && order.pulseMs >= SHORTEST_REPEATED_PULSE_MS;
  let settle: (ending: Ending) => void = () => {};
  const ended = new Promise<Ending>((resolve) => {
    settle = resolve;
  });
  const end = (ending: Ending): void => {
    if (over.signal.aborted) return;
    over.abort();
    settle(ending);
    if (ending.is === "lost" && (ending.why === "no_ack" || ending.why === "stopped") && !isKnownAtBroker)
      transport.drop();
  };
  const copy = (): Promise<boolean> =>
    transport.publishCommand(
      order.message.topic,
      order.message.payload,
      Math.max(1, Math.ceil(Math.min(leftMs(), ANSWER_WAIT_MS) / 1000)),
    );
  /** A broker reads in order: once it has answered what was sent behind the order, it has the order. */
  const proveTaken = async (): Promise<void> => {
    if (!(await transport.answers(leftMs()))) return;
    isKnownAtBroker = true;
    if (!acks) end({ is: "taken" });
  };
  const repeat = async (): Promise<void> => {
    if (!mayRepeat || !isKnownAtBroker || !parts.isThere()) return;
    if (!(await transport.answers(Math.min(QUICK_LINK_MS, leftMs())))) return;
    // Time has passed: everything is looked at again.
    if (either.aborted || !mayRepeat || !parts.isThere() || leftMs() <= 0) return;
    mayRepeat = false;
    isKnownAtBroker = false;
    await copy();
    await proveTaken();
  };

  copy().then(
    (left) => {
      if (!left) end({ is: "lost", why: "not_sent" });
    },
    () => end({ is: "lost", why: "not_sent" }),
  );
  void proveTaken();
  clock
    .sleep(SECOND_TRY_AFTER_MS, either)
    .then(repeat, () => {})
    .catch(() => {});
  clock.sleep(leftMs(), either).then(
    () => end({ is: "lost", why: "no_ack" }),
    () => end({ is: "lost", why: "stopped" }),
  );
  return {
    id: order.id,
    ended,
    end,
    once() {
      mayRepeat = false;
    },
  };
}
