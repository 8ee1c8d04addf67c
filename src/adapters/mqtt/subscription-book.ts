import type { Subscription } from "#adapters/mqtt/session";

/** How a topic is heard. `skipRetained`: nothing that lay on the broker; `noLocal`: nothing that this connection published. */
export interface Listening {
  readonly skipRetained: boolean;
  readonly noLocal?: boolean;
}

export type MessageHandler = (payload: Uint8Array, packet: { readonly retain: boolean }) => void;

interface Hearer extends Listening {
  readonly handler: MessageHandler;
}

/** Who hears which topic. A broker keeps one subscription a topic, however many here want it, so theirs are made into one. */
export interface SubscriptionBook {
  /** `change` = the subscription to ask the broker for now, null when the one that stands will do; `remove` = true when nobody is left. */
  add(
    topic: string,
    how: Listening,
    handler: MessageHandler,
  ): { readonly change: Subscription | null; readonly remove: () => boolean };
  all(): ReadonlyMap<string, Subscription>;
  hearers(topic: string, packet: { readonly retain: boolean }): readonly MessageHandler[];
}

function joined(hearers: ReadonlySet<Hearer>): Subscription {
  const all = [...hearers];
  return {
    skipRetained: all.every(({ skipRetained }) => skipRetained),
    noLocal: all.every(({ noLocal }) => noLocal === true),
  };
}

export function subscriptionBook(): SubscriptionBook {
  const topics = new Map<string, Set<Hearer>>();
  return {
    add(topic, how, handler) {
      const hearers = topics.get(topic) ?? new Set();
      const before = hearers.size === 0 ? null : joined(hearers);
      const hearer = { ...how, handler };
      hearers.add(hearer);
      topics.set(topic, hearers);
      const now = joined(hearers);
      // Whoever wants what lies on the broker gets it by subscribing only, be the topic heard already or not.
      const stands = before !== null && how.skipRetained && before.noLocal === now.noLocal;
      return {
        change: stands ? null : now,
        remove() {
          if (!hearers.delete(hearer) || hearers.size > 0) return false;
          return topics.delete(topic);
        },
      };
    },
    all: () => new Map([...topics].map(([topic, hearers]) => [topic, joined(hearers)])),
    hearers(topic, { retain }) {
      const hearers = topics.get(topic);
      if (hearers === undefined) return [];
      // Where nobody wants what lay on the broker none of it comes, and the flag is that of a live message.
      const mayHaveLain = retain && !joined(hearers).skipRetained;
      return [...hearers].filter(({ skipRetained }) => !(mayHaveLain && skipRetained)).map(({ handler }) => handler);
    },
  };
}
