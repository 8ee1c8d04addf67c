import { expect, it } from "vitest";
import { createClosingStack, createLoops, createPartSet, stopInOrder, withinDeadline } from "#lifecycle";
import { FakeClock, flush } from "../fakes/fake-clock";

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

it("stops the loops first, then everything else", async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const stop = new AbortController();
  let end: () => void = () => {};
  const running = new Promise<void>((resolve) => {
    end = () => {
      order.push("loops");
      resolve();
    };
  });
  const closing = { [Symbol.asyncDispose]: async () => void order.push("rest") };
  const stopped = stopInOrder(running, closing, { signal: stop.signal, ms: 1000, clock });
  await clock.advance(5000);
  expect(order).toEqual([]);
  stop.abort();
  await flush();
  end();
  await stopped;
  expect(order).toEqual(["loops", "rest"]);
});

it("closes the rest though a loop hangs, and says so; in all within the deadline", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  let isClosed = false;
  const closing = {
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await new Promise(() => {});
    },
  };
  const stopped = stopInOrder(new Promise(() => {}), closing, { signal: stop.signal, ms: 1000, clock });
  const said = expect(stopped).rejects.toMatchObject({ code: "LIMEN_STOP_DEADLINE" });
  stop.abort();
  await flush();
  await clock.advance(501);
  expect(isClosed).toBe(true);
  await clock.advance(500);
  await said;
});

it("closes the rest when a loop fails, and passes on why", async () => {
  const fault = new Error("a loop failed");
  const closed: string[] = [];
  const closing = { [Symbol.asyncDispose]: async () => void closed.push("rest") };
  const options = { signal: new AbortController().signal, ms: 1000, clock: new FakeClock() };
  await expect(stopInOrder(Promise.reject(fault), closing, options)).rejects.toBe(fault);
  expect(closed).toEqual(["rest"]);
});

it("loops run until the signal aborts and all have ended; those that end before are no end of the others", async () => {
  const stop = new AbortController();
  const loops = createLoops(stop.signal);
  let end = (): void => {};
  loops.add(Promise.resolve());
  loops.add(new Promise<void>((resolve) => (end = resolve)));
  let isOver = false;
  const over = loops.running.then(() => (isOver = true));
  await flush();
  stop.abort();
  await flush();
  expect(isOver).toBe(false);
  end();
  await over;
});

it("a loop that breaks ends all of it", async () => {
  const loops = createLoops(new AbortController().signal);
  loops.add(Promise.reject(new Error("broken")));
  await expect(loops.running).rejects.toThrow("broken");
});

it("parts open and close by name, with all that belongs to them; what does not open wholly is closed", async () => {
  const closed: string[] = [];
  const parts = createPartSet<string>(() => {});
  const open = (name: string, then = async () => name) =>
    parts.open(name, async (closing) => {
      closing.defer(() => void closed.push(name));
      return then();
    });
  await open("front");
  await open("back");
  await expect(open("bad", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect([parts.get("front"), parts.get("back"), parts.get("bad")]).toEqual(["front", "back", undefined]);
  expect(closed).toEqual(["bad"]);
  await expect(open("front")).rejects.toMatchObject({ code: "LIMEN_INTERNAL" });
  const gone = parts.close("front");
  expect(parts.get("front")).toBeUndefined();
  await gone;
  await parts.close("front");
  expect(closed).toEqual(["bad", "front", "front"]);
  await parts[Symbol.asyncDispose]();
  await expect(open("late")).rejects.toMatchObject({ code: "LIMEN_INTERNAL" });
  expect(closed).toEqual(["bad", "front", "front", "back", "late"]);
  expect(parts.get("back")).toBeUndefined();
});
