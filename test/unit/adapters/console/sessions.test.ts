import { expect, it } from "vitest";
import { createSessions } from "#adapters/console/sessions";
import { FakeClock } from "../../../fakes/fake-clock";

const HOUR = 3_600_000;

it("opens sessions under tokens of 256 bits that nobody can guess from each other", () => {
  const sessions = createSessions(new FakeClock());
  const tokens = Array.from({ length: 50 }, () => sessions.open());
  expect(new Set(tokens).size).toBe(50);
  for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(sessions.find(tokens[0])).not.toBeNull();
  const [first = ""] = tokens;
  for (const wrong of [undefined, "", "x", first.slice(1), `${first}x`]) expect(sessions.find(wrong)).toBeNull();
});

it("ends them when somebody signs out, and tells whoever serves them", () => {
  const sessions = createSessions(new FakeClock());
  const [mine, other] = [sessions.open(), sessions.open()];
  const ended = sessions.find(mine)?.ended;
  sessions.end(mine);
  expect(ended?.aborted).toBe(true);
  expect(sessions.find(mine)).toBeNull();
  expect(sessions.find(other)).not.toBeNull();
});

it("ends them after twelve hours, used or not", async () => {
  const clock = new FakeClock();
  const sessions = createSessions(clock);
  const token = sessions.open();
  const ended = sessions.find(token)?.ended;
  await clock.advance(12 * HOUR - 1);
  expect(sessions.find(token)).not.toBeNull();
  await clock.advance(1);
  expect(sessions.find(token)).toBeNull();
  expect(ended?.aborted).toBe(true);
});

it("keeps 64 and ends the oldest for one more; all end with the console", () => {
  const sessions = createSessions(new FakeClock());
  const tokens = Array.from({ length: 65 }, () => sessions.open());
  expect(tokens.map((token) => sessions.find(token) !== null).indexOf(true)).toBe(1);
  sessions[Symbol.dispose]();
  expect(tokens.filter((token) => sessions.find(token) !== null)).toEqual([]);
});
