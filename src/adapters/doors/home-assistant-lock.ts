import { createFeedbackFeed } from "#adapters/doors/feedback-feed";
import { type EntityState, openHomeAssistantClient, type Reply } from "#adapters/doors/home-assistant-client";
import { watchSetUp } from "#adapters/doors/set-up-checks";
import { type Grant, lifeLeftMs } from "#core/grant";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController, DoorHealth } from "#ports/door-controller";
import type { Logger } from "#ports/logger";

export interface HomeAssistantLockOptions {
  readonly door: string;
  readonly url: string;
  readonly token: () => string;
  /** `lock.front_door`. */
  readonly entity: string;
  /** `open` pulls the latch too, where the lock has one. */
  readonly action: "unlock" | "open";
  /** Its owner has seen that it locks again by itself: Home Assistant cannot be asked. */
  readonly pulseChecked: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
}

/** Pauses between two looks at the lock: at rest, while it is released or a release is under way, ms. */
const LOOK_EVERY_MS = 2000;
const LOOK_SOON_MS = 200;
/** Longest wait for one look at rest, ms. */
const LOOK_WAIT_MS = 5000;
/** Longest wait for the answer to a word to lock again, ms. */
const RELOCK_WAIT_MS = 2000;
/** How quickly Home Assistant must say how the lock is for an order to be sent to it, ms. */
const QUICK_ANSWER_MS = 700;

const nothingSent = (actuation: DoorAck["actuation"], why: string): DoorAck => ({
  commandId: null,
  actuation,
  why,
  sentAtMs: null,
  ackedAtMs: null,
});

/**
 * A lock that only Home Assistant can move, by its REST interface. What it is told carries no time, so it leaves at once or never, only
 * behind an answer of the last moment, and one order is one request: it is never sent a second time, whatever became of the first.
 */
export async function openHomeAssistantLock(
  options: HomeAssistantLockOptions,
): Promise<DoorController & AsyncDisposable> {
  const { door, entity, action, clock } = options;
  const logger = options.logger.child({ door, entity });
  const client = openHomeAssistantClient(options);
  const feed = createFeedbackFeed();
  const closed = new AbortController();
  /** The last answer; before the first, and while there is none, nobody knows. */
  let known: Reply<EntityState> = { fault: "not_asked_yet" };
  let looks = 0;
  let newestLook = 0;
  let underWay: string | null = null;
  let releasedBy: string | null = null;
  let isBusy = false;
  /** Ends the pause between two looks. */
  let resting = new AbortController();
  const setUp = watchSetUp({
    unchecked: options.pulseChecked ? [] : ["setup_unanswered"],
    foundAnew: [],
    topics: [],
    clock,
    logger,
    onChange: () => feed.push({ kind: "concerns", id: null, atMs: clock.monotonicMs() }),
  });

  const obstacle = (): "home_assistant_offline" | "controller_offline" | null => {
    if ("fault" in known) return "home_assistant_offline";
    return known.value === "unavailable" ? "controller_offline" : null;
  };
  const controllerIs = (): DoorHealth["controller"] => {
    return obstacle() === null ? "online" : "offline";
  };
  const learn = (now: Reply<EntityState>): void => {
    const before = known;
    known = now;
    const atMs = clock.monotonicMs();
    const [was, is] = ["value" in before ? before.value : null, "value" in now ? now.value : null];
    if ("fault" in now && !("fault" in before && before.fault === now.fault))
      logger.warn({ fault: now.fault }, "Home Assistant does not say how the lock is: the door opens for nobody");
    if (was === is) return;
    if ("fault" in before && "value" in now) logger.info({}, "Home Assistant says how the lock is");
    const [wasThere, isThere] = [was !== null && was !== "unavailable", is !== null && is !== "unavailable"];
    if (wasThere !== isThere) feed.push({ kind: isThere ? "online" : "offline", id: null, atMs });
    if (is === null || is === "unavailable") return;
    feed.push({ kind: "lock", id: null, state: is, atMs });
    if (is === "unlocked" || is === "unlocking") releasedBy = underWay ?? releasedBy;
    if (is !== "locked" || releasedBy === null) return;
    feed.push({ kind: "relocked", id: releasedBy, atMs });
    releasedBy = null;
  };
  /** Looks at the lock, for so long at most. An answer that a newer one has overtaken counts for nothing. */
  const look = async (waitMs: number, signal: AbortSignal): Promise<Reply<EntityState>> => {
    const mine = ++looks;
    const reply = await within(waitMs, signal, (limit) => client.state(limit));
    if (mine > newestLook && !closed.signal.aborted) {
      newestLook = mine;
      learn(reply);
    }
    return reply;
  };
  /** Work whose signal is aborted after so long; what has not come by then is a fault. */
  async function within<T>(
    waitMs: number,
    signal: AbortSignal,
    work: (limit: AbortSignal) => Promise<Reply<T>>,
  ): Promise<Reply<T>> {
    const over = new AbortController();
    const late = new AbortController();
    const either = AbortSignal.any([signal, closed.signal, over.signal]);
    const tooLate = clock.sleep(waitMs, either).then(
      () => ({ fault: "too_slow" }),
      () => ({ fault: "stopped" }),
    );
    try {
      return await Promise.race([work(AbortSignal.any([signal, closed.signal, late.signal])), tooLate]);
    } finally {
      over.abort();
      late.abort();
    }
  }

  const follow = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      if (underWay === null) await look(LOOK_WAIT_MS, closed.signal);
      const pause = releasedBy === null ? LOOK_EVERY_MS : LOOK_SOON_MS;
      await clock.sleep(pause, AbortSignal.any([closed.signal, resting.signal])).catch(() => {});
      resting = new AbortController();
    }
  };

  const send = async (grant: Grant, signal: AbortSignal, id: string): Promise<DoorAck> => {
    const before = await look(Math.min(QUICK_ANSWER_MS, lifeLeftMs(grant, clock.monotonicMs())), signal);
    const sentAtMs = clock.monotonicMs();
    const leftMs = lifeLeftMs(grant, sentAtMs);
    if (signal.aborted || closed.signal.aborted) return nothingSent("failed", "stopped");
    if (leftMs <= 0) return nothingSent("expired", "grant_expired");
    const why =
      "fault" in before ? (before.fault === "too_slow" ? "home_assistant_slow" : "home_assistant_offline") : obstacle();
    if (why !== null) return nothingSent("controller_offline", why);

    const sent = { commandId: id, sentAtMs };
    const over = new AbortController();
    const wasOpen = "value" in before && before.value === "unlocked";
    const order: { reply: Awaited<ReturnType<typeof client.call>> | null } = { reply: null };
    underWay = id;
    const answered = client.call(action, AbortSignal.any([signal, closed.signal, over.signal])).then((reply) => {
      order.reply = reply;
      if ("value" in reply && reply.value !== null) {
        newestLook = ++looks;
        learn({ value: reply.value });
      }
    });
    const acked = (): DoorAck => ({
      ...sent,
      actuation: "acked",
      why: wasOpen ? "already_open" : "ok",
      ackedAtMs: clock.monotonicMs(),
    });
    const stop = AbortSignal.any([signal, closed.signal]);
    try {
      for (;;) {
        const { reply } = order;
        const restMs = lifeLeftMs(grant, clock.monotonicMs());
        if (reply !== null && "fault" in reply && !stop.aborted) {
          if (reply.unsent === true) return nothingSent("controller_offline", "home_assistant_offline");
          const isRefused = /^http_4/.test(reply.fault);
          return { ...sent, actuation: isRefused ? "refused" : "failed", why: reply.fault, ackedAtMs: null };
        }
        if (stop.aborted || restMs <= 0) {
          const late = reply === null ? "no_ack" : "not_unlocked";
          return { ...sent, actuation: "failed", why: stop.aborted ? "stopped" : late, ackedAtMs: null };
        }
        if ("value" in known) {
          // A lock that was open before proves nothing by being open: then its order has to be answered.
          if (known.value === "unlocked" && (!wasOpen || reply !== null)) return acked();
          if (known.value === "jammed" && reply !== null)
            return { ...sent, actuation: "refused", why: "jammed", ackedAtMs: clock.monotonicMs() };
        }
        const pause = clock.sleep(Math.min(LOOK_SOON_MS, restMs), stop).catch(() => {});
        await (reply === null ? Promise.race([answered, pause]) : pause);
        const lookMs = lifeLeftMs(grant, clock.monotonicMs());
        if (lookMs > 0 && "value" in (order.reply ?? { value: null })) await look(lookMs, stop);
      }
    } finally {
      underWay = null;
      // What has not been answered may still wait in this computer: it must not arrive later.
      if (order.reply === null) client.drop();
      over.abort();
    }
  };

  await look(QUICK_ANSWER_MS, closed.signal);
  const following = follow();
  return {
    async open(grant, signal) {
      if (signal.aborted) return nothingSent("failed", "stopped");
      if (grant.door !== door) return nothingSent("refused", "wrong_door");
      if (lifeLeftMs(grant, clock.monotonicMs()) <= 0) return nothingSent("expired", "grant_expired");
      if (isBusy) return nothingSent("refused", "busy");
      isBusy = true;
      try {
        return await send(grant, signal, options.newId());
      } finally {
        isBusy = false;
        resting.abort();
      }
    },
    async relock(signal) {
      if (signal.aborted || obstacle() !== null) return false;
      return "value" in (await within(RELOCK_WAIT_MS, signal, (limit) => client.call("lock", limit)));
    },
    feedback: (signal) => feed.read(signal),
    health: () => ({
      // There is none on the way to it.
      broker: "online",
      controller: controllerIs(),
      concerns: setUp.list(),
    }),
    async [Symbol.asyncDispose]() {
      closed.abort();
      setUp[Symbol.dispose]();
      await following;
      await client[Symbol.asyncDispose]();
    },
  };
}
