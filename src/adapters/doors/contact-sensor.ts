import type { DoorTransport } from "#adapters/doors/door-transport";
import { createFeedbackFeed } from "#adapters/doors/feedback-feed";
import { jsonObject } from "#adapters/doors/profile";
import type { Clock } from "#ports/clock";
import type { DoorFeedback } from "#ports/door-controller";
import type { Metrics } from "#ports/metrics";

export interface ContactSensorOptions {
  readonly door: string;
  readonly topic: string;
  /** Key of the JSON the sensor sends; null = the payload is the word itself. */
  readonly key: string | null;
  /** Its words for the two, as text. */
  readonly open: string;
  readonly shut: string;
  /** Where it is said that the sensor is there, as `online`/`offline` or {"state":"online"}; null = nowhere. */
  readonly availability: string | null;
  readonly transport: Pick<DoorTransport, "subscribe" | "onChange">;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface ContactSensor extends Disposable {
  feedback(signal: AbortSignal): AsyncIterable<DoorFeedback>;
}

/** Longer messages are not looked at. */
const MAX_MESSAGE_BYTES = 8192;

/** True = open, false = shut, null = neither of the sensor's two words. */
export function readContact(
  payload: string,
  { key, open, shut }: Pick<ContactSensorOptions, "key" | "open" | "shut">,
): boolean | null {
  const said = key === null ? payload.trim() : wordOf(jsonObject(payload)?.[key]);
  return said === open ? true : said === shut ? false : null;
}

function wordOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number" ? String(value) : null;
}

/** True = there, false = away, null = not understood. */
export function readAvailability(payload: string): boolean | null {
  const word = wordOf(jsonObject(payload)?.["state"]) ?? payload.trim();
  return /^(?:online|true)$/i.test(word) ? true : /^(?:offline|false)$/i.test(word) ? false : null;
}

/**
 * A door contact that reports on any topic of the broker, with or without a controller of its own. It tells what is, so a retained word
 * is as good as a live one; while it or the broker is away nothing is known. Nothing here is signed: it can raise an alarm, hide one or
 * keep other doors shut, never open anything.
 */
export function openContactSensor(options: ContactSensorOptions): ContactSensor {
  const { door, topic, availability, transport, clock, metrics } = options;
  const feed = createFeedbackFeed();
  let said: boolean | null = null;
  let isThere = true;
  let told: boolean | null = null;

  const tell = (): void => {
    const open = isThere ? said : null;
    if (open === told) return;
    told = open;
    feed.push({ kind: "contact", id: null, open, atMs: clock.monotonicMs() });
  };
  const ignored = (fault: string): void => metrics.count("limen_door_messages_ignored_total", { door, fault });
  const textOf = (payload: Uint8Array): string | null => {
    if (payload.length <= MAX_MESSAGE_BYTES) return Buffer.from(payload).toString("utf8");
    ignored("too_long");
    return null;
  };
  const unlisten = [
    transport.subscribe(topic, { skipRetained: false }, (payload) => {
      const text = textOf(payload);
      const open = text === null ? null : readContact(text, options);
      // What is not understood (a battery level, say) takes nothing back.
      if (open === null) return ignored("malformed");
      said = open;
      tell();
    }),
    transport.onChange((online) => {
      if (online) return;
      said = null;
      isThere = true;
      tell();
    }),
  ];
  if (availability !== null)
    unlisten.push(
      transport.subscribe(availability, { skipRetained: false }, (payload) => {
        const text = textOf(payload);
        isThere = (text === null ? null : readAvailability(text)) ?? isThere;
        tell();
      }),
    );
  return {
    feedback: (signal) => feed.read(signal),
    [Symbol.dispose]() {
      for (const off of unlisten.splice(0)) off();
    },
  };
}
