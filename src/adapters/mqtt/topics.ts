import { LimenError } from "#errors";

/** Every MQTT topic Limen uses, built here and nowhere else. Names of people are never part of one. */

const SLUG = /^[a-z0-9_-]{1,64}$/;

/** True for a word that may be one level of a topic: lower-case letters, digits, `_` and `-`, 1 to 64 of them. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

function level(text: string, what: string): string {
  if (isSlug(text)) return text;
  throw new LimenError(
    "LIMEN_CONFIG_INVALID",
    `${what} ${JSON.stringify(text.slice(0, 80))} cannot be part of an MQTT topic`,
    {
      hint: "use 1 to 64 of a-z, 0-9, _ and -",
    },
  );
}

/** `limen`, or `limen/north` for one of several sites on a broker. */
function root(prefix: string): string {
  return prefix
    .split("/")
    .map((part) => level(part, "the MQTT prefix part"))
    .join("/");
}

export interface SiteTopics {
  /** `online` | `offline`, retained; the broker says offline when Limen is lost. */
  readonly status: string;
  /** Retained description of this Limen. */
  readonly info: string;
  /** Every decision of the site, and every change of what became of it. */
  readonly decision: string;
}

/** Topics of the whole site. Throws LIMEN_CONFIG_INVALID for a prefix that is no topic. */
export function siteTopics(prefix: string): SiteTopics {
  const p = root(prefix);
  return { status: `${p}/status`, info: `${p}/info`, decision: `${p}/decision` };
}

export interface DoorTopics {
  readonly event: string;
  readonly availability: string;
  readonly mode: string;
  /** What the lock says of itself. */
  readonly lock: string;
  /** Whether the leaf stands open. */
  readonly contact: string;
  readonly state: string;
  /** Limen asks for a second factor. */
  readonly question: string;
  /** Somebody answers. */
  readonly answer: string;
}

/** Topics of one door. Throws LIMEN_CONFIG_INVALID. */
export function doorTopics(prefix: string, door: string): DoorTopics {
  const d = `${root(prefix)}/door/${level(door, "the door")}`;
  return {
    event: `${d}/event`,
    availability: `${d}/availability`,
    mode: `${d}/mode`,
    lock: `${d}/lock`,
    contact: `${d}/contact`,
    state: `${d}/state`,
    question: `${d}/question`,
    answer: `${d}/answer`,
  };
}

export interface ControllerTopics {
  readonly command: string;
  /** Limen asks for a fresh hello here. */
  readonly helloRequest: string;
  readonly ack: string;
  readonly hello: string;
  readonly status: string;
}

/** Topics of one native door controller. Throws LIMEN_CONFIG_INVALID. */
export function controllerTopics(prefix: string, controller: string): ControllerTopics {
  const c = `${root(prefix)}/ctl/${level(controller, "the controller")}`;
  return {
    command: `${c}/cmd`,
    helloRequest: `${c}/hello/get`,
    ack: `${c}/ack`,
    hello: `${c}/hello`,
    status: `${c}/status`,
  };
}

/** True for every topic of the native protocol that makes a controller do something. */
export function isCommandTopic(topic: string): boolean {
  return /\/ctl\/[^/]+\/(?:cmd|hello\/get)$/.test(topic);
}

export interface RemoteTopics {
  /** `UNLOCK`, `OPEN`, `LOCK`. */
  readonly set: string;
  readonly modeSet: string;
  readonly lockdown: string;
  readonly lockdownSet: string;
  readonly shadow: string;
  readonly shadowSet: string;
}

/** Topics on which one door is opened and changed from afar. Throws LIMEN_CONFIG_INVALID. */
export function remoteTopics(prefix: string, door: string): RemoteTopics {
  const d = `${root(prefix)}/door/${level(door, "the door")}`;
  return {
    set: `${d}/set`,
    modeSet: `${d}/mode/set`,
    lockdown: `${d}/lockdown`,
    lockdownSet: `${d}/lockdown/set`,
    shadow: `${d}/shadow`,
    shadowSet: `${d}/shadow/set`,
  };
}

/** What may be asked of the whole of Limen. Throws LIMEN_CONFIG_INVALID. */
export function siteControlTopics(prefix: string) {
  const p = root(prefix);
  return { threshold: `${p}/threshold`, setThreshold: `${p}/threshold/set`, restart: `${p}/cmd/restart` } as const;
}

/** Where a test of a door is asked for, and what it found. Throws LIMEN_CONFIG_INVALID. */
export function doorTestTopics(prefix: string, door: string) {
  const d = `${root(prefix)}/door/${level(door, "the door")}`;
  return { test: `${d}/test`, tested: `${d}/tested` } as const;
}

/** Signed requests to open a door, and where the answer to those of one key goes. Throws LIMEN_CONFIG_INVALID. */
export function requestTopics(prefix: string) {
  const p = root(prefix);
  return { unlock: `${p}/cmd/unlock`, replyTo: (key: string) => `${p}/reply/${level(key, "the key")}` } as const;
}
