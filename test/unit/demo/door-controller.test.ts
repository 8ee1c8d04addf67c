import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CommandBody, signCommand } from "#adapters/doors/command";
import { createDoorController, type Effect } from "#demo/door/controller";

const key = new Uint8Array(32).fill(9);
const keyId = "k1";
const topic = "limen/ctl/front/cmd";
const WALL = 1_790_000_000_000;

function bench(clockSynced = true) {
  let tokens = 0;
  const machine = createDoorController(
    { prefix: "limen", controller: "front", keyId, key, pulseMaxMs: 5000, clockSynced },
    () => `token-${++tokens}`,
  );
  let nonce = "";
  const look = (effects: Effect[]): Effect[] => {
    for (const effect of effects) {
      if (effect.do === "publish" && effect.topic.endsWith("/hello")) nonce = JSON.parse(effect.payload).nonce;
    }
    return effects;
  };
  look(machine.connected());
  return {
    machine,
    nonce: () => nonce,
    connect: () => look(machine.connected()),
    ask: () =>
      look(machine.message("limen/ctl/front/hello/get", Buffer.from("{}"), false, { wallMs: 0, monotonicMs: 0 })),
    command(changes: Partial<CommandBody> = {}, by: { key?: Uint8Array; keyId?: string; topic?: string } = {}): string {
      const body: CommandBody = {
        id: "c1",
        ctl: "front",
        act: "pulse",
        pulse_ms: 3000,
        iat: WALL,
        exp: WALL + 3000,
        seq: 1,
        nonce,
        decision: "d",
        ...changes,
      };
      return signCommand(body, by.topic ?? topic, { keyId: by.keyId ?? keyId, key: by.key ?? key });
    },
    send: (payload: string, atMs = 0, retained = false, on = topic) =>
      look(machine.message(on, Buffer.from(payload), retained, { wallMs: WALL + atMs, monotonicMs: 1000 + atMs })),
    tick: (atMs: number) => look(machine.tick(1000 + atMs)),
  };
}

/** What the effects say, in words, with the ack's state and reason. */
function told(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    if (effect.do === "release") return `release ${effect.pulseMs}`;
    if (effect.do === "exit") return `exit ${effect.pulseMs}`;
    if (effect.do === "lock") return "lock";
    if (effect.do === "note") return effect.event === "repeated" ? "repeated" : `${effect.event} ${effect.why}`;
    const kind = effect.topic.split("/").at(-1);
    if (kind !== "ack") return `${kind}`;
    const { st, why } = JSON.parse(Buffer.from(JSON.parse(effect.payload).body, "base64url").toString());
    return `ack ${st} ${why}`;
  });
}

describe("a simulated door controller", () => {
  it("says hello when it connects, releases, acks and relocks by itself", () => {
    const door = bench();
    expect(told(door.connect())).toEqual(["status", "hello"]);
    expect(told(door.send(door.command()))).toEqual(["release 3000", "ack done ok", "hello"]);
    expect(door.machine.relockAtMs()).toBe(4000);
    expect(told(door.tick(2999))).toEqual([]);
    expect(told(door.tick(3000))).toEqual(["lock", "ack relocked ok"]);
    expect(door.machine.relockAtMs()).toBeNull();
  });

  it("drops without a word what is retained, unsigned, for another door or not a command", () => {
    const door = bench();
    expect(told(door.send(door.command(), 0, true))).toEqual(["dropped retained"]);
    expect(told(door.send(door.command({}, { key: new Uint8Array(32) })))).toEqual(["dropped not_ours"]);
    expect(told(door.send(door.command({}, { keyId: "k2" })))).toEqual(["dropped not_ours"]);
    expect(told(door.send(door.command({}, { topic: "limen/ctl/back/cmd" })))).toEqual(["dropped not_ours"]);
    expect(told(door.send(door.command({ ctl: "back" })))).toEqual(["dropped other_controller"]);
    expect(told(door.send(door.command({ pulse_ms: Number.NaN })))).toEqual(["dropped malformed"]);
    expect(told(door.send("x".repeat(2049)))).toEqual(["dropped too_long"]);
    expect(told(door.send("{}"))).toEqual(["dropped not_ours"]);
    // None of it cost the nonce.
    expect(told(door.send(door.command()))).toEqual(["release 3000", "ack done ok", "hello"]);
  });

  it("takes each nonce once, and none from before its last hello", () => {
    const door = bench();
    const first = door.command();
    door.send(first);
    door.tick(3000);
    expect(told(door.send(first, 3000))).toEqual(["refused bad_nonce", "ack refused bad_nonce"]);
    const asked = door.command({ id: "c2", exp: WALL + 9000 });
    door.ask();
    expect(told(door.send(asked, 3000))).toEqual(["refused bad_nonce", "ack refused bad_nonce"]);
    const beforeOutage = door.command({ id: "c3", exp: WALL + 9000 });
    door.connect();
    expect(told(door.send(beforeOutage, 3000))).toEqual(["refused bad_nonce", "ack refused bad_nonce"]);
  });

  it("refuses what has expired, unless it does not know the time", () => {
    const door = bench();
    expect(told(door.send(door.command({ exp: WALL }), 0))).toEqual([
      "refused expired",
      "ack refused expired",
      "hello",
    ]);
    const clockless = bench(false);
    expect(told(clockless.send(clockless.command({ exp: WALL }), 0))[0]).toBe("release 3000");
  });

  it("acts on an id once, even with a fresh nonce", () => {
    const door = bench();
    door.send(door.command());
    door.tick(3000);
    expect(told(door.send(door.command({ exp: WALL + 9000 }), 3000))).toEqual(["repeated", "ack done replay", "hello"]);
  });

  it("is busy while the lock is released, and shortens what is too long", () => {
    const door = bench();
    expect(told(door.send(door.command({ pulse_ms: 60_000 })))[0]).toBe("release 5000");
    expect(told(door.send(door.command({ id: "c2" }), 10))).toEqual(["refused busy", "ack refused busy", "hello"]);
  });

  it("lets out whoever presses its button, without asking, and says so", () => {
    const door = bench();
    expect(told(door.machine.pressed(1000))).toEqual(["exit 5000", "ack request_to_exit button"]);
    expect(told(door.send(door.command(), 10))).toEqual(["refused busy", "ack refused busy", "hello"]);
    // Again: for longer, and relocked once.
    expect(told(door.machine.pressed(3000))).toEqual(["exit 5000", "ack request_to_exit button"]);
    expect(told(door.machine.tick(7999))).toEqual([]);
    expect(told(door.machine.tick(8000))).toEqual(["lock", "ack relocked ok"]);
  });

  it("whatever arrives, releases only for signed, fresh, unused commands and never for longer than its limit", () => {
    const step = fc.record({
      kind: fc.constantFrom(
        "good",
        "replay",
        "wrong_key",
        "old_nonce",
        "expired",
        "retained",
        "garbage",
        "ask",
        "connect",
        "wait",
      ),
      waitMs: fc.nat(4000),
      pulseMs: fc.integer({ min: 1, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const door = bench();
        const spent = [door.command({ id: "never" })];
        let nowMs = 0;
        let releasedUntilMs: number | null = null;
        for (const [index, { kind, waitMs, pulseMs }] of steps.entries()) {
          nowMs += waitMs;
          const fresh = { id: `c${index}`, pulse_ms: pulseMs, exp: WALL + nowMs + 3000 };
          const before = releasedUntilMs !== null && nowMs < releasedUntilMs;
          const good = door.command(fresh);
          const sendings: Record<typeof kind, () => Effect[]> = {
            good: () => door.send(good, nowMs),
            replay: () => door.send(spent.at(-1) ?? "", nowMs),
            wrong_key: () => door.send(door.command(fresh, { key: new Uint8Array(32) }), nowMs),
            old_nonce: () => door.send(door.command({ ...fresh, nonce: "token-1" }), nowMs),
            expired: () => door.send(door.command({ ...fresh, exp: WALL + nowMs }), nowMs),
            retained: () => door.send(good, nowMs, true),
            garbage: () => door.send(good.slice(0, -1 - (pulseMs % 40)), nowMs),
            ask: () => door.ask(),
            connect: () => door.connect(),
            wait: () => door.tick(nowMs),
          };
          if (index === 0) door.connect();
          const effects = sendings[kind]();
          if (kind === "good") spent.push(good);
          const releases = effects.filter((effect) => effect.do === "release");
          const mayRelease = kind === "good" && index > 0 && !before;
          expect(releases.length).toBe(mayRelease ? 1 : 0);
          for (const release of releases) {
            expect(release.pulseMs).toBeLessThanOrEqual(5000);
            releasedUntilMs = nowMs + release.pulseMs;
          }
          // What is released has a moment at which it is shut again.
          if (releasedUntilMs !== null && nowMs < releasedUntilMs)
            expect(door.machine.relockAtMs()).toBe(1000 + releasedUntilMs);
        }
      }),
    );
  });
});
