import { LimenError } from "#errors";

/** How a message leaves. */
export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Seconds after which the broker may no longer deliver it; absent = for ever. */
  readonly expirySeconds?: number;
  /** The caller says it when the broker refuses this message; the connection then does not. */
  readonly saysRefusal?: boolean;
}

/** True for every topic that makes a controller do something: the native protocol's, and those of the profiles in the config. */
export type CommandTopics = (topic: string) => boolean;

/** Longest time a broker may hold a command, s: a little more than a grant can live. */
const LONGEST_COMMAND_SECONDS = 5;

/**
 * The choke point for everything that can move a door: each publish of the process passes here. A retained command would be
 * repeated to the controller at every reconnect, QoS 1 would be sent again after one, and without expiry a broker may keep it;
 * each of these has opened real doors by itself. Throws LIMEN_INTERNAL, because only a fault in this program gets here.
 */
export function assertSafeToPublish(topic: string, options: PublishOptions, isCommand: CommandTopics): void {
  if (!isCommand(topic)) return;
  const seconds = options.expirySeconds;
  const fault = options.retain
    ? "retained"
    : options.qos !== 0
      ? `QoS ${options.qos}`
      : !(seconds !== undefined && Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_COMMAND_SECONDS)
        ? "without a short expiry"
        : null;
  if (fault !== null) throw new LimenError("LIMEN_INTERNAL", `refused to publish a door command ${fault} on ${topic}`);
}

/** What a command needs of a connection. */
export interface CommandPublisher {
  /** True once the command is on the wire; false when it could not leave at once, and then it never will. */
  publishCommand(topic: string, payload: string, expirySeconds: number): Promise<boolean>;
}

/** Publishes commands the only way there is: not retained, QoS 0, with an expiry, and on no other topics. */
export function commandPublisher(
  publish: (topic: string, payload: string, options: PublishOptions) => Promise<boolean>,
  isCommand: CommandTopics,
): CommandPublisher {
  return {
    async publishCommand(topic, payload, expirySeconds) {
      if (!isCommand(topic)) throw new LimenError("LIMEN_INTERNAL", `${topic} is not a topic for door commands`);
      return publish(topic, payload, { qos: 0, retain: false, expirySeconds });
    },
  };
}
