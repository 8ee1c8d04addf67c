import fc from "fast-check";
import { expect, it } from "vitest";
import { instant } from "#core/instant";
import { DOOR_MODES } from "#core/policy";
import { judgeRequest, type RemoteRequest, remoteMemory } from "#core/remote-unlock";
import { modeNow, type StandingMode, wished } from "#core/standing-mode";

const NOW = instant(Date.UTC(2026, 0, 15, 12));
const SINCE = instant(NOW - 600_000);
const AT = { nowMs: 50_000, now: NOW, clockTrusted: true };
const ALLOWED = { unlock: true, unsigned: true };
const signed = (changes: Partial<RemoteRequest> = {}): RemoteRequest => ({
  ...{ door: "front", by: "signed:panel", proof: "signed", id: "r1", retained: false, listeningMs: 60_000 },
  ...{ madeAt: instant(NOW - 100), expiresAt: instant(NOW + 5000) },
  ...changes,
});
const refusalOf = (changes: Partial<RemoteRequest>, rules = ALLOWED, at = AT) =>
  judgeRequest(remoteMemory(SINCE), rules, signed(changes), at).refusal;
const fromTopic = { by: "mqtt", proof: "nothing", id: null, madeAt: null, expiresAt: null } as const;

it("a fresh signed request is one to act on, and everything odd about it refuses", () => {
  expect(refusalOf({})).toBeNull();
  expect(refusalOf({ retained: true })).toBe("retained");
  expect(refusalOf({}, { unlock: false, unsigned: true })).toBe("not_allowed");
  expect(refusalOf({ expiresAt: NOW })).toBe("expired");
  expect(refusalOf({ expiresAt: instant(NOW + 30_001) })).toBe("expired");
  expect(refusalOf({ expiresAt: null })).toBe("expired");
  expect(refusalOf({ madeAt: null })).toBe("expired");
  expect(refusalOf({ id: null })).toBe("expired");
  expect(refusalOf({ madeAt: instant(NOW + 5001) })).toBe("expired");
  expect(refusalOf({ madeAt: instant(NOW - 30_001) })).toBe("expired");
  expect(refusalOf({ madeAt: instant(Number.NaN) })).toBe("expired");
  expect(refusalOf({ expiresAt: instant(Number.NaN) })).toBe("expired");
  expect(refusalOf({}, ALLOWED, { ...AT, clockTrusted: false })).toBe("clock_untrusted");
});

it("what was made before we began to listen is refused: its repetition could not be told any more", () => {
  const memory = remoteMemory(NOW);
  expect(judgeRequest(memory, ALLOWED, signed({ madeAt: instant(NOW - 1) }), AT).refusal).toBe("expired");
});

it("a message that proves nothing needs to be allowed, and not to come right after we began to listen", () => {
  expect(refusalOf(fromTopic)).toBeNull();
  expect(refusalOf(fromTopic, { unlock: true, unsigned: false })).toBe("unsigned");
  expect(refusalOf({ ...fromTopic, listeningMs: 2999 })).toBe("just_connected");
  expect(refusalOf({ ...fromTopic, listeningMs: Number.NaN })).toBe("just_connected");
  expect(refusalOf({ ...fromTopic, listeningMs: 10, madeAt: instant(NOW - 50) })).toBeNull();
  expect(refusalOf({ ...fromTopic, madeAt: instant(NOW - 31_000) })).toBe("expired");
});

it("whatever comes, in whatever order: no id opens twice, and no caller more often than three times and once each 5 s", () => {
  const step = fc.record({
    by: fc.constantFrom("signed:a", "signed:b"),
    id: fc.constantFrom("1", "2", "3", "4", "5", "6"),
    afterMs: fc.integer({ min: 0, max: 4000 }),
    lifeMs: fc.integer({ min: -10, max: 31_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let memory = remoteMemory(SINCE);
      let passedMs = 0;
      const taken: { by: string; id: string; atMs: number; until: number }[] = [];
      for (const { by, id, afterMs, lifeMs } of steps) {
        passedMs += afterMs;
        const now = instant(NOW + passedMs);
        const expiresAt = instant(now + lifeMs);
        const judged = judgeRequest(memory, ALLOWED, signed({ by, id, madeAt: now, expiresAt }), {
          ...{ now, nowMs: 50_000 + passedMs, clockTrusted: true },
        });
        memory = judged.memory;
        if (judged.refusal !== null) continue;
        expect(taken.some((one) => one.by === by && one.id === id && one.until > now)).toBe(false);
        taken.push({ by, id, atMs: passedMs, until: expiresAt });
      }
      for (const by of ["signed:a", "signed:b"]) {
        const own = taken.filter((one) => one.by === by);
        const spanMs = (own.at(-1)?.atMs ?? 0) - (own[0]?.atMs ?? 0);
        expect(own.length).toBeLessThanOrEqual(3 + spanMs / 5000 + 1e-9);
      }
    }),
  );
});

const modes = fc.constantFrom(...DOOR_MODES);
const wish = fc.oneof(
  fc.record({ kind: fc.constant("mode" as const), mode: modes }),
  fc.record({ kind: fc.constantFrom("lockdown" as const, "shadow" as const), on: fc.boolean() }),
);
const OPENNESS = { disabled: 0, locked_down: 0, shadow: 1, normal: 2, free_access: 3 } as const;

it("without control nothing that anybody wishes makes a door looser than configured, and only a lock-down changes it", () => {
  fc.assert(
    fc.property(modes, fc.array(wish, { maxLength: 12 }), (configured, wishes) => {
      const rules = { configured, control: false };
      let standing: StandingMode = { lockedDown: false, mode: null };
      for (const one of wishes) {
        standing = wished(rules, standing, one) ?? standing;
        expect([configured, "locked_down"]).toContain(modeNow(rules, standing));
      }
    }),
  );
});

it("whatever was set with control holds without it only as far as it is stricter; a lock-down always does", () => {
  fc.assert(
    fc.property(modes, fc.array(wish, { maxLength: 12 }), (configured, wishes) => {
      let standing: StandingMode = { lockedDown: false, mode: null };
      for (const one of wishes) standing = wished({ configured, control: true }, standing, one) ?? standing;
      const now = modeNow({ configured, control: false }, standing);
      expect(OPENNESS[now]).toBeLessThanOrEqual(OPENNESS[configured]);
      if (standing.lockedDown) expect(OPENNESS[now]).toBe(0);
    }),
  );
});

it("with control a door goes back from a lock-down to what it was, out of shadow to normal, and out of disabled never", () => {
  const rules = { configured: "free_access", control: true } as const;
  const locked = wished(rules, { lockedDown: false, mode: null }, { kind: "lockdown", on: true });
  const back = locked && wished(rules, locked, { kind: "lockdown", on: false });
  expect(back && modeNow(rules, back)).toBe("free_access");
  const armed = wished(
    { configured: "shadow", control: true },
    { lockedDown: false, mode: null },
    { kind: "shadow", on: false },
  );
  expect(armed && modeNow({ configured: "shadow", control: true }, armed)).toBe("normal");
  const off = { configured: "disabled", control: true } as const;
  expect(wished(off, { lockedDown: false, mode: null }, { kind: "mode", mode: "normal" })).toBeNull();
});
