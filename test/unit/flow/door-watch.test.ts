import { expect, it } from "vitest";
import type { DoorMode } from "#core/policy";
import { createDoorLeaf } from "#flow/door-leaf";
import { watchDoor } from "#flow/door-watch";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { FakeDoor } from "../../fakes/fake-door";
import { RecordingLogger } from "../../fakes/quiet";

it("a door that is put into another mode is told of at once, not when its controller next says something", async () => {
  const clock = new FakeClock();
  const controller = new FakeDoor("front", clock);
  const stop = new AbortController();
  let mode: DoorMode = "normal";
  let changed = (): void => {};
  const told: DoorMode[] = [];
  const rule = { heldOpenAfterMs: 30_000, forcedAlarm: true };
  const watching = watchDoor(
    {
      door: "front",
      mode: () => mode,
      onMode(listener) {
        changed = listener;
        return () => {
          changed = () => {};
        };
      },
      controller,
      leaf: createDoorLeaf({ rule, pulseMs: 3000, expectsContact: false, clock }, stop.signal),
      announcer: { decision() {}, happened() {}, door: (_, state) => void told.push(state.mode) },
      site: { relocked() {}, exitPressed() {}, leafIs() {} },
      report: async () => {},
      clock,
      logger: new RecordingLogger(),
    },
    stop.signal,
  );
  await flush();
  mode = "locked_down";
  changed();
  expect(told).toEqual(["normal", "locked_down"]);
  stop.abort();
  await watching;
  changed();
  expect(told).toHaveLength(2);
});
