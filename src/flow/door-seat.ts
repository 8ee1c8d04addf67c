import type { DoorDesk } from "#flow/door-desk";
import type { QuestionDesk } from "#flow/questions";

/** A door's desk at a camera, for as long as the door is there and as it is. */
export interface DoorSeat {
  readonly desk: DoorDesk;
  /**
   * From now on it begins nothing, asks nobody and decides nothing: visits without a decision are dropped. Resolves when what was under
   * way has come to its end, commands to the door among it.
   */
  retire(): Promise<void>;
}

/**
 * `make` gets the questions it may ask people; `unask` takes back what it asked anybody else; `settled` resolves when no command of the
 * door is under way.
 */
export function createDoorSeat(parts: {
  readonly make: (questions: QuestionDesk) => DoorDesk;
  readonly questions: QuestionDesk;
  readonly unask?: () => void;
  readonly settled: () => Promise<void>;
}): DoorSeat {
  const open = new Set<{ close(): void }>();
  const underWay = new Set<Promise<unknown>>();
  let isRetired = false;

  const questions: QuestionDesk = {
    ...parts.questions,
    ask(order, onAnswer) {
      if (isRetired) return null;
      const asked = parts.questions.ask(order, (answer) => {
        if (asked !== null) open.delete(asked);
        onAnswer(answer);
      });
      if (asked === null) return null;
      open.add(asked);
      return {
        close() {
          open.delete(asked);
          asked.close();
        },
      };
    },
  };
  const desk = parts.make(questions);
  const unlessRetired = (work: () => Promise<void>): Promise<void> => {
    if (isRetired) return Promise.resolve();
    const done = work();
    const over = (): void => void underWay.delete(kept);
    const kept = done.then(over, over);
    underWay.add(kept);
    return done;
  };

  return {
    desk: {
      saw: (sightings) => {
        if (!isRetired) desk.saw(sightings);
      },
      wants: (sighting) => !isRetired && desk.wants(sighting),
      consider: (...look) => unlessRetired(() => desk.consider(...look)),
      failed: (track, error) => desk.failed(track, error),
      tick: (signal) => unlessRetired(() => desk.tick(signal)),
      left: (track, signal) => unlessRetired(() => desk.left(track, signal)),
    },
    async retire() {
      isRetired = true;
      for (const question of [...open]) question.close();
      parts.unask?.();
      await Promise.allSettled([...underWay]);
      await parts.settled();
    },
  };
}
