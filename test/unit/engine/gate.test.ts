import { expect, it } from "vitest";
import { createGate } from "#engine/gate";
import { flush } from "../../fakes/fake-clock";

/** A work that is over when told, and the log of who came and went. */
function works() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => async () => {
    log.push(`${name} in`);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    log.push(`${name} out`);
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await flush();
  };
  return { log, work, end };
}

it("lets shared works in together, one that is alone by itself, and nobody overtakes", async () => {
  const gate = createGate();
  const { log, work, end } = works();
  const all = [gate.shared(work("a")), gate.shared(work("b")), gate.alone(work("c")), gate.shared(work("d"))];
  await flush();
  expect(log).toEqual(["a in", "b in"]);
  await end("a");
  expect(log).toEqual(["a in", "b in", "a out"]);
  await end("b");
  expect(log.slice(3)).toEqual(["b out", "c in"]);
  await end("c");
  await end("d");
  expect(log.slice(5)).toEqual(["c out", "d in", "d out"]);
  await Promise.all(all);
});

it("a work that fails leaves the gate as one that succeeds", async () => {
  const gate = createGate();
  await expect(gate.alone(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await gate.shared(() => 3)).toBe(3);
});
