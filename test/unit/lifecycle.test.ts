import { expect, it } from "vitest";
import { createClosingStack, withinDeadline } from "#lifecycle";
import { FakeClock } from "../fakes/fake-clock";

it("closes in reverse order, and one that fails keeps nobody else open", async () => {
  const closed: string[] = [];
  const faults: unknown[] = [];
  const stack = createClosingStack((error) => faults.push(error));
  stack.own({ [Symbol.asyncDispose]: async () => void closed.push("first") });
  stack.defer(() => {
    throw new Error("stuck");
  });
  stack.defer(() => void closed.push("last"));
  await stack[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
  expect(closed).toEqual(["last", "first"]);
  expect(faults).toMatchObject([{ message: "stuck" }]);
});

it("waits for work within the deadline, and says so when it is over", async () => {
  const clock = new FakeClock();
  await withinDeadline(Promise.resolve(), 100, clock);
  const late = withinDeadline(new Promise(() => {}), 100, clock);
  const said = expect(late).rejects.toMatchObject({ code: "LIMEN_STOP_DEADLINE" });
  await clock.advance(101);
  await said;
});
