import { expect, it } from "vitest";
import { issueGrant } from "#core/grant";
import { guardedDoor, modeUntil } from "#flow/guarded-door";
import type { DoorController } from "#ports/door-controller";
import { FakeClock } from "../../fakes/fake-clock";
import { FakeDoor } from "../../fakes/fake-door";

it("a door that has gone, or opened anew, opens for nobody who still holds on to it, whatever its mode is now", async () => {
  const clock = new FakeClock();
  const gone = new AbortController();
  const controller = new FakeDoor("front", clock);
  const mode = modeUntil(gone.signal, () => "normal");
  const held = guardedDoor<DoorController>(controller, mode);
  const { signal } = new AbortController();
  const grant = () => {
    const now = { nowMs: clock.monotonicMs(), now: clock.now() };
    return issueGrant({ decisionId: "d", door: "front", personId: "ada", evidenceAtMs: now.nowMs, ...now });
  };
  const opening = held.open(grant(), signal);
  await clock.advance(50);
  expect(await opening).toMatchObject({ actuation: "acked" });
  await clock.advance(1000);
  gone.abort();
  expect(await held.open(grant(), signal)).toMatchObject({ actuation: "refused", why: "door_mode" });
  expect(controller.opened).toHaveLength(1);
});
