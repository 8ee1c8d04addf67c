import type { Ack, CommandBody } from "#adapters/doors/command";
import type { ControllerPresence } from "#adapters/doors/controller-presence";
import type { Clock } from "#ports/clock";

/** A command without an answer for so long is sent once more, ms: far longer than an answer takes, short enough to still help whoever waits. */
const SECOND_TRY_AFTER_MS = 500;

export type Reply = Ack | "no_ack" | "connection_lost" | "not_sent" | "stopped";

export interface NativeExchange {
  readonly id: string;
  readonly untilMs: number;
  readonly reply: Promise<Reply>;
  end(reply: Reply): void;
  /** An ack with this command's id; false when it is about another copy than the newest. */
  hear(ack: Ack): boolean;
}

/**
 * Sends a command and waits for what comes first: its ack, the deadline, the loss of the broker, or the caller's signal. Without an
 * ack, or when its nonce was not the right one, it is sent once more under the same id, with a nonce the controller gives then: that
 * voids the first copy, wherever it still is, and a controller that has carried it out already says so instead of doing it again.
 */
export function exchangeCommand(
  parts: {
    readonly presence: Pick<ControllerPresence, "boot" | "freshNonce">;
    readonly clock: Clock;
    /** Signs and publishes; resolves with whether it left. */
    readonly send: (command: CommandBody, withinMs: number) => Promise<boolean>;
    readonly nextSequence: () => number;
  },
  command: CommandBody,
  untilMs: number,
  signal: AbortSignal,
): NativeExchange {
  const { presence, clock } = parts;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const boot = presence.boot();
  const leftMs = (): number => untilMs - clock.monotonicMs();
  let newestNonce = command.nonce;
  let isRepeated = false;
  let refusal: Ack | null = null;
  let settle: (reply: Reply) => void = () => {};
  const reply = new Promise<Reply>((resolve) => {
    settle = resolve;
  });
  const end = (how: Reply): void => {
    over.abort();
    settle(how);
  };
  const repeat = async (): Promise<void> => {
    if (isRepeated || either.aborted) return;
    isRepeated = true;
    const nonce = await presence.freshNonce(boot, either);
    if (nonce === null || either.aborted || leftMs() <= 0) return;
    newestNonce = nonce;
    refusal = null;
    await parts.send({ ...command, seq: parts.nextSequence(), nonce }, leftMs());
  };

  void parts.send(command, leftMs()).then((left) => {
    if (!left) end("not_sent");
  });
  clock.sleep(SECOND_TRY_AFTER_MS, either).then(repeat, () => {});
  clock.sleep(leftMs(), either).then(
    () => end(refusal ?? "no_ack"),
    () => end("stopped"),
  );
  return {
    id: command.id,
    untilMs,
    reply,
    end,
    hear(ack) {
      if (ack.st !== "refused" || ack.why !== "bad_nonce") {
        end(ack);
        return true;
      }
      // A refusal of the first copy names the second one's nonce as the one that is good yet.
      if (isRepeated && ack.next_nonce === newestNonce) return false;
      if (isRepeated && newestNonce !== command.nonce) end(ack);
      else {
        refusal = ack;
        void repeat();
      }
      return true;
    },
  };
}
