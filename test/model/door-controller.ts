import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController } from "#ports/door-controller";
import type { DoorEvent } from "./door-events";
import type { DoorTrace, Opened } from "./door-trace";
import { asName } from "./door-world";

export type Reply = Extract<DoorEvent, { kind: "controller" }>["answer"];

const LATE_MS = 1500;

/** The lock at the end of it all: notes every command that reaches it, and says of it what the script says. */
export function scriptedController(trace: DoorTrace, reply: { now: Reply }, clock: Clock): DoorController {
  return {
    async open(grant): Promise<DoorAck> {
      const { decisionId, personId, evidenceAtMs } = grant;
      const sentAtMs = clock.monotonicMs();
      const opened: Opened = {
        ...{ decisionId, name: asName(personId), evidenceAtMs, atMs: sentAtMs },
        ...{ endedAtMs: null, isAcked: false },
      };
      trace.opened.push(opened);
      const answer = reply.now;
      if (answer === "acked_late") await clock.sleep(LATE_MS);
      opened.endedAtMs = clock.monotonicMs();
      if (answer === "throws") throw new Error("the controller's code broke");
      opened.isAcked = answer !== "failed";
      const actuation = opened.isAcked ? "acked" : "failed";
      const ackedAtMs = opened.isAcked ? clock.monotonicMs() : null;
      return { commandId: "c", actuation, why: "scripted", sentAtMs, ackedAtMs };
    },
    async *feedback() {},
    health: () => ({ broker: "online", controller: "online", concerns: [] }),
  };
}
