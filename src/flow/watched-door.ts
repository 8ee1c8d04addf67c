import { codeOf, messageOf } from "#errors";
import type { DoorLeaf } from "#flow/door-leaf";
import type { DoorController, DoorFeedback } from "#ports/door-controller";
import type { Logger } from "#ports/logger";

/** A controller whose every command is known to the leaf, whoever gives it, and whose words it hears. */
export function watchedDoor(controller: DoorController, leaf: DoorLeaf): DoorController {
  return {
    async open(grant, signal) {
      leaf.releasing();
      const ack = await controller.open(grant, signal);
      leaf.released(ack);
      return ack;
    },
    feedback: (signal) => controller.feedback(signal),
    health: () => controller.health(),
    ...(controller.relock === undefined ? {} : { relock: (signal: AbortSignal) => relockOf(controller, signal) }),
  };
}

async function relockOf(controller: DoorController, signal: AbortSignal): Promise<boolean> {
  return (await controller.relock?.(signal)) ?? false;
}

/**
 * Tells the leaf what its controller and its contact say, until the signal aborts. To be begun before anything else waits: a retained
 * state comes once, as soon as the broker is there. Never throws.
 */
export async function hearFor(
  leaf: DoorLeaf,
  sources: readonly AsyncIterable<DoorFeedback>[],
  logger: Logger,
): Promise<void> {
  const hear = async (source: AsyncIterable<DoorFeedback>): Promise<void> => {
    try {
      for await (const item of source) leaf.hear(item);
    } catch (error) {
      logger.error({ code: codeOf(error) }, `what the door says is not heard any more: ${messageOf(error)}`);
    }
  };
  await Promise.all(sources.map(hear));
}
