import type { DoorTransport } from "#adapters/doors/door-transport";
import type { DoorProfile, DoorWord } from "#adapters/doors/profile";

/** Longer messages are not looked at. */
const MAX_MESSAGE_BYTES = 8192;

/**
 * Listens to what a device says, and to what lies retained on the topics that open its door: somebody else's order, which the device
 * carries out by itself at each of its connects. It is told of and never taken away, because it may not be ours. Returns what to call
 * to stop listening.
 */
export function hearDevice(parts: {
  readonly profile: DoorProfile;
  readonly transport: DoorTransport;
  readonly hear: (word: DoorWord, topic: string) => void;
  readonly retainedOrder: (waits: boolean) => void;
  readonly ignored: (fault: "retained" | "too_long") => void;
}): readonly (() => void)[] {
  const { profile, transport } = parts;
  const waiting = new Set<string>();
  return [
    ...profile.hears.map(({ topic, kind }) =>
      transport.subscribe(topic, { skipRetained: kind === "news" }, (payload, { retain }) => {
        if (payload.length > MAX_MESSAGE_BYTES) return parts.ignored("too_long");
        if (retain && kind === "news") return parts.ignored("retained");
        for (const word of profile.read(topic, Buffer.from(payload).toString("utf8"))) parts.hear(word, topic);
      }),
    ),
    ...profile.openingTopics.map((topic) =>
      // A broker that forbids this is set up well: then nobody but the device reads it.
      transport.subscribe(topic, { skipRetained: false, noLocal: true }, (payload, { retain }) => {
        // An empty one takes away what was retained.
        if (!retain) return;
        if (payload.length > 0) waiting.add(topic);
        else waiting.delete(topic);
        parts.retainedOrder(waiting.size > 0);
      }),
    ),
    transport.onChange(() => waiting.clear()),
  ];
}
