import { expect, it } from "vitest";
import { createSessions } from "#adapters/console/sessions";
import type { Account } from "#ports/account-store";
import { FakeClock } from "../../../fakes/fake-clock";
import { MemoryAccountStore } from "../../../fakes/memory-account-store";

const HOUR = 3_600_000;
const ANN: Account = { name: "ann", role: "operator" };

function open(clock = new FakeClock(), store = new MemoryAccountStore(), known: readonly Account[] = [ANN]) {
  const accountOf = async (name: string) => known.find((account) => account.name === name) ?? null;
  return { clock, store, sessions: createSessions({ store, accountOf, clock }) };
}

const opened = (sessions: ReturnType<typeof createSessions>, count: number) =>
  Promise.all(Array.from({ length: count }, () => sessions.open(ANN)));

it("opens sessions under tokens of 256 bits that nobody can guess from each other, and keeps none of them", async () => {
  const { sessions, store } = open();
  const tokens = await opened(sessions, 50);
  expect(new Set(tokens).size).toBe(50);
  for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect((await sessions.find(tokens[0]))?.account).toEqual(ANN);
  const [first = ""] = tokens;
  expect(JSON.stringify(store.sessions)).not.toContain(first);
  for (const wrong of [undefined, "", "x", first.slice(1), `${first}x`]) expect(await sessions.find(wrong)).toBeNull();
});

it("ends them when somebody signs out, and tells whoever serves them", async () => {
  const { sessions } = open();
  const [mine, other] = await opened(sessions, 2);
  const ended = (await sessions.find(mine))?.ended;
  await sessions.end(mine);
  expect(ended?.aborted).toBe(true);
  expect(await sessions.find(mine)).toBeNull();
  expect(await sessions.find(other)).not.toBeNull();
});

it("ends them after twelve hours, used or not", async () => {
  const { sessions, clock } = open();
  const [token] = await opened(sessions, 1);
  const ended = (await sessions.find(token))?.ended;
  await clock.advance(12 * HOUR - 1);
  expect(await sessions.find(token)).not.toBeNull();
  await clock.advance(1);
  expect(await sessions.find(token)).toBeNull();
  expect(ended?.aborted).toBe(true);
});

it("keeps them over a restart, with the role their account has then", async () => {
  const { sessions, store, clock } = open();
  const [token] = await opened(sessions, 1);
  const after = open(clock, store, [{ name: "ann", role: "viewer" }]).sessions;
  expect((await after.find(token))?.account.role).toBe("viewer");
  expect(await open(clock, store, []).sessions.find(token)).toBeNull();
});

it("takes a session opened in the future for none: a clock that was set back makes nobody's longer", async () => {
  const { sessions, clock } = open();
  const [token] = await opened(sessions, 1);
  clock.jumpWall(-HOUR);
  expect(await sessions.find(token)).toBeNull();
});

it("lets nobody in while the store cannot be read", async () => {
  const { sessions, store } = open();
  const [token] = await opened(sessions, 1);
  store.broken = true;
  await expect(sessions.find(token)).rejects.toMatchObject({ code: "LIMEN_STORE_FAILED" });
});

it("keeps 64 and ends the oldest for one more; all that serve end with the console, and with their account", async () => {
  const { sessions } = open();
  const tokens: string[] = [];
  for (let i = 0; i < 65; i++) tokens.push(await sessions.open(ANN));
  const found = await Promise.all(tokens.map((token) => sessions.find(token)));
  expect(found.findIndex((session) => session !== null)).toBe(1);
  sessions.endAllOf("ben");
  expect(found.at(-1)?.ended.aborted).toBe(false);
  sessions.endAllOf("ann");
  expect(found.at(-1)?.ended.aborted).toBe(true);
  const again = await sessions.find(tokens.at(-1));
  sessions[Symbol.dispose]();
  expect(again?.ended.aborted).toBe(true);
});
