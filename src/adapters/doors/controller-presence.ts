import { readHello } from "#adapters/doors/command";
import type { DoorTopics, DoorTransport } from "#adapters/doors/door-transport";
import { messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { DoorHealth } from "#ports/door-controller";
import type { Logger } from "#ports/logger";

/** What is known of one controller: whether it is there, and the nonce it will accept next. */
export interface ControllerPresence extends AsyncDisposable {
  /** Why no command can be sent now; null when one can. */
  obstacle(): "broker_offline" | "controller_offline" | "no_hello" | null;
  /** The nonce for the next command, given out once; null without one. */
  spendNonce(): string | null;
  /**
   * Asks for a hello, which voids the nonce given before, and waits for its nonce; null when the signal aborts first, or when the
   * controller has been started anew since `boot`: it has forgotten what it carried out.
   */
  freshNonce(boot: string | null, signal: AbortSignal): Promise<string | null>;
  /** The start of the controller that gave the newest nonce; null without one. */
  boot(): string | null;
  /** A nonce the controller named in a signed ack. */
  renewNonce(nonce: string): void;
  /** Longest pulse the controller makes; null until it said so. */
  pulseMaxMs(): number | null;
  health(): DoorHealth;
}

/** How often a controller that has given no nonce is asked for one, ms. */
const ASK_EVERY_MS = 2000;
const ASK_EXPIRY_SECONDS = 2;

/**
 * Follows a controller's status and hello. Everything is forgotten when the broker is lost: a nonce from before an outage must
 * not be used after it, so the controller is asked for a new one, which makes it forget the old one too.
 */
export function watchController(parts: {
  readonly transport: DoorTransport;
  readonly topics: DoorTopics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ignored: (fault: "retained" | "malformed") => void;
  readonly onReachable: (reachable: boolean) => void;
}): ControllerPresence {
  const { transport, topics, clock, logger, ignored } = parts;
  const stop = new AbortController();
  let controller: DoorHealth["controller"] = "unknown";
  let nonce: string | null = null;
  let spent: string | null = null;
  let pulseMaxMs: number | null = null;
  let boot: string | null = null;
  let onHello = (): void => {};

  const become = (next: DoorHealth["controller"]): void => {
    if (next === controller) return;
    const wasReachable = controller === "online";
    controller = next;
    if (next === "online") logger.info({}, "the door controller is there");
    // That the broker is gone is the connection's line to write.
    if (next === "offline") logger.warn({}, "the door controller is away: nothing can open until it is back");
    if (wasReachable !== (next === "online")) parts.onReachable(next === "online");
  };
  /** Waits for nothing: a socket that takes no more bytes must not hold anybody up. */
  const ask = (): void => {
    transport.publishCommand(topics.helloRequest, "{}", ASK_EXPIRY_SECONDS).catch((error: unknown) => {
      logger.error({ error: messageOf(error) }, "the door controller could not be asked for a hello");
    });
  };
  const forget = (next: DoorHealth["controller"]): void => {
    nonce = null;
    become(next);
  };

  const unlisten = [
    transport.subscribe(topics.status, { skipRetained: false }, (payload) => {
      const status = payload.length > 16 ? "" : Buffer.from(payload).toString("utf8");
      // A retained word may be old: only a hello, which is live, counts as being there.
      if (status === "online") become(controller === "offline" ? "unknown" : controller);
      else if (status === "offline") forget("offline");
      else ignored("malformed");
    }),
    transport.subscribe(topics.hello, { skipRetained: true }, (payload, { retain }) => {
      const hello = retain ? null : readHello(payload);
      if (hello === null) return ignored(retain ? "retained" : "malformed");
      pulseMaxMs = hello.pulse_max_ms;
      if (hello.nonce !== spent) nonce = hello.nonce;
      boot = hello.boot;
      become("online");
      onHello();
    }),
    transport.onChange((online) => {
      if (online) ask();
      else forget("unknown");
    }),
  ];

  const keepAsking = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (transport.isOnline() && nonce === null && controller !== "offline") ask();
      await clock.sleep(ASK_EVERY_MS, stop.signal).catch(() => {});
    }
  };
  const asking = keepAsking();

  return {
    obstacle() {
      if (!transport.isOnline()) return "broker_offline";
      if (controller === "offline") return "controller_offline";
      return nonce === null ? "no_hello" : null;
    },
    spendNonce() {
      const given = nonce;
      nonce = null;
      spent = given ?? spent;
      return given;
    },
    boot: () => boot,
    async freshNonce(from, signal) {
      nonce = null;
      ask();
      const heard = await new Promise<boolean>((resolve) => {
        onHello = () => resolve(true);
        signal.addEventListener("abort", () => resolve(false), { once: true });
        if (signal.aborted) resolve(false);
      });
      onHello = () => {};
      if (!heard || signal.aborted || boot !== from || nonce === null) return null;
      spent = nonce;
      nonce = null;
      return spent;
    },
    renewNonce(next) {
      if (next !== spent && transport.isOnline()) nonce = next;
    },
    pulseMaxMs: () => pulseMaxMs,
    health: () => ({ broker: transport.isOnline() ? "online" : "offline", controller, concerns: [] }),
    async [Symbol.asyncDispose]() {
      for (const off of unlisten.splice(0)) off();
      stop.abort();
      await asking;
    },
  };
}
