/**
 * What is wrong with how a door's controller is set up, found when Limen connects to it. Such a door still opens, its owner may have
 * nothing else, but it is called degraded everywhere until it is mended. Closed set: stored nowhere, published and tested by these words.
 */
export const DOOR_CONCERNS = [
  "no_pulse",
  "pulse_differs",
  "retained_command",
  "group_topic",
  "opens_at_power_up",
  "keeps_session",
  "no_acks",
  "setup_unanswered",
] as const;
export type DoorConcern = (typeof DOOR_CONCERNS)[number];

const WORDS: Record<DoorConcern, string> = {
  no_pulse: "does not end its pulse by itself: the lock would stay open. Set the time in the controller",
  pulse_differs: "ends its pulse after another time than `pulse` says. Make the two equal",
  retained_command:
    "has a retained command waiting on the broker, which opens it at every start. Delete it: publish an empty retained message on that topic",
  group_topic:
    "listens to a group topic too, by which others may open it. Forbid that topic in the broker's access rules",
  opens_at_power_up: "releases the lock when it gets power. Set what it does then to off",
  keeps_session: "lets the broker keep commands while it is away. Set it to a clean session",
  no_acks: "never says whether it acted: Limen cannot know that the door opened",
  setup_unanswered: "did not say how it is set up, so nobody knows whether it ends its pulse by itself",
};

/** What to do about it, behind "the controller of door NAME". */
export function concernWords(concern: DoorConcern): string {
  return WORDS[concern];
}
