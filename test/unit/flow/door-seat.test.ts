import { expect, it } from "vitest";
import type { DoorDesk } from "#flow/door-desk";
import { createDoorSeat } from "#flow/door-seat";
import { createQuestionDesk, type QuestionDesk } from "#flow/questions";
import type { Sighting } from "#flow/sighting";
import { faceAt, frameAt, standingTrack, templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { RecordingMetrics } from "../../fakes/quiet";

const NEVER = new AbortController().signal;
const sighting: Sighting = { frame: frameAt(0), face: faceAt(100, 80), track: standingTrack(7) };
const LOOK = [sighting, { template: templateOf(0), liveness: null }, { wait: 0, find: 0, describe: 0 }, NEVER] as const;

function seated() {
  const did: string[] = [];
  let ask: QuestionDesk["ask"] = () => null;
  let finish = (): void => {};
  const settling: (() => void)[] = [];
  const make = (given: QuestionDesk): DoorDesk => {
    ask = given.ask;
    return {
      saw: () => void did.push("saw"),
      wants: () => did.push("wants") > 0,
      consider: () =>
        new Promise((resolve) => {
          finish = () => {
            did.push("considered");
            resolve();
          };
        }),
      failed: () => void did.push("failed"),
      tick: async () => void did.push("tick"),
      left: async () => void did.push("left"),
    };
  };
  let ids = 0;
  const questions = createQuestionDesk({
    newId: () => `q${++ids}`,
    clock: new FakeClock(),
    metrics: new RecordingMetrics(),
  });
  const settled = () => new Promise<void>((resolve) => settling.push(resolve));
  const unask = () => void did.push("unasked");
  const seat = createDoorSeat({ make, questions, unask, settled });
  return { seat, did, questions, ask: () => ask, finish: () => finish(), settle: () => settling.map((end) => end()) };
}

it("passes everything on to the desk while it is there", async () => {
  const { seat, did, finish } = seated();
  seat.desk.saw([]);
  expect(seat.desk.wants(sighting)).toBe(true);
  const looked = seat.desk.consider(...LOOK);
  finish();
  await looked;
  await seat.desk.tick(NEVER);
  await seat.desk.left(sighting.track, NEVER);
  expect(did).toEqual(["saw", "wants", "considered", "tick", "left"]);
});

it("once retired begins and decides nothing", async () => {
  const { seat, did, settle } = seated();
  const gone = seat.retire();
  await flush();
  settle();
  await gone;
  seat.desk.saw([]);
  expect(seat.desk.wants(sighting)).toBe(false);
  await seat.desk.consider(...LOOK);
  await seat.desk.tick(NEVER);
  await seat.desk.left(sighting.track, NEVER);
  expect(did).toEqual(["unasked"]);
});

it("is retired only when the look under way and the door's commands have come to their end", async () => {
  const { seat, did, finish, settle } = seated();
  void seat.desk.consider(...LOOK);
  let isOver = false;
  const gone = seat.retire().then(() => {
    isOver = true;
  });
  await flush();
  settle();
  await flush();
  expect(isOver).toBe(false);
  finish();
  await flush();
  expect(did).toEqual(["unasked", "considered"]);
  expect(isOver).toBe(false);
  settle();
  await gone;
});

it("takes back what it asked, hears no answer to it, and asks nothing any more", async () => {
  const { seat, questions, ask, settle } = seated();
  const answers: string[] = [];
  const order = { door: "front", camera: "front", channels: ["mqtt"] as const, withinMs: 20_000 };
  const question = ask()(order, (answer) => void answers.push(answer));
  expect(question).not.toBeNull();
  const [open] = questions.open("mqtt");
  const gone = seat.retire();
  await flush();
  settle();
  await gone;
  expect(questions.open("mqtt")).toEqual([]);
  const reply = { id: open?.id ?? "", door: "front", answer: "confirmed", channel: "mqtt" } as const;
  expect(questions.answer(reply)).toBe(false);
  expect(answers).toEqual([]);
  expect(ask()(order, () => {})).toBeNull();
});

it("an answer in time is heard, and a question that was closed is not closed twice", () => {
  const { questions, ask } = seated();
  const answers: string[] = [];
  const order = { door: "front", camera: "front", channels: ["mqtt"] as const, withinMs: 20_000 };
  ask()(order, (answer) => void answers.push(answer));
  const [open] = questions.open("mqtt");
  expect(questions.answer({ id: open?.id ?? "", door: "front", answer: "declined", channel: "mqtt" })).toBe(true);
  expect(answers).toEqual(["declined"]);
  ask()(order, () => {})?.close();
  expect(questions.open("mqtt")).toEqual([]);
});
