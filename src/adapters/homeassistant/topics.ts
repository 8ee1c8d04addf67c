/**
 * The topics that Home Assistant is told of, all of them Limen's own, besides its discovery. Names of people are never part of one.
 * Prefix and ids have been judged by the configuration.
 */

export interface HomeSiteTopics {
  readonly status: string;
  /** `ON` while something keeps a door from opening. */
  readonly problem: string;
  /** JSON: what, in sentences. */
  readonly problems: string;
  /** How many people are enrolled. */
  readonly people: string;
  readonly threshold: string;
  readonly setThreshold: string;
  readonly restart: string;
}

export function homeSiteTopics(prefix: string): HomeSiteTopics {
  return {
    status: `${prefix}/status`,
    problem: `${prefix}/problem`,
    problems: `${prefix}/problems`,
    people: `${prefix}/people`,
    threshold: `${prefix}/threshold`,
    setThreshold: `${prefix}/threshold/set`,
    restart: `${prefix}/cmd/restart`,
  };
}

export interface HomeDoorTopics {
  readonly availability: string;
  readonly lock: string;
  readonly contact: string;
  readonly event: string;
  readonly mode: string;
  readonly lastPerson: string;
  readonly lastReason: string;
  readonly problem: string;
  readonly problems: string;
  /** JPEG in base64. */
  readonly snapshot: string;
  readonly lockdown: string;
  readonly shadow: string;
  readonly set: string;
  readonly setLockdown: string;
  readonly setShadow: string;
  readonly test: string;
}

export function homeDoorTopics(prefix: string, door: string): HomeDoorTopics {
  const d = `${prefix}/door/${door}`;
  return {
    availability: `${d}/availability`,
    lock: `${d}/lock`,
    contact: `${d}/contact`,
    event: `${d}/event`,
    mode: `${d}/mode`,
    lastPerson: `${d}/last_person`,
    lastReason: `${d}/last_reason`,
    problem: `${d}/problem`,
    problems: `${d}/problems`,
    snapshot: `${d}/snapshot`,
    lockdown: `${d}/lockdown`,
    shadow: `${d}/shadow`,
    set: `${d}/set`,
    setLockdown: `${d}/lockdown/set`,
    setShadow: `${d}/shadow/set`,
    test: `${d}/test`,
  };
}

export interface HomeReaderTopics {
  /** `ON` while pictures arrive. */
  readonly connected: string;
  /** `ON` while its pictures are no evidence. */
  readonly problem: string;
  /** The word of core/camera-sight. */
  readonly sight: string;
}

export function homeReaderTopics(prefix: string, reader: string): HomeReaderTopics {
  const r = `${prefix}/reader/${reader}`;
  return { connected: `${r}/connected`, problem: `${r}/problem`, sight: `${r}/sight` };
}
