import { describe, expect, it } from "vitest";
import { newUlid } from "#adapters/clock/ulid";
import type { ConsoleDoor } from "#adapters/console/parts";
import { instant } from "#core/instant";
import type { Actuation } from "#core/reason";
import { REMOTE_REFUSALS, refusalWords } from "#core/remote-unlock";
import type { Role } from "#core/role";
import { blindCamera, openConsoleRig } from "../fixtures/console-rig";

const front = (remote: ConsoleDoor["remote"]): ConsoleDoor => ({
  ...{ id: "front", camera: "front", isLive: false, threshold: 0.85, automatic: 0.85, minScore: null, remote },
  redecideAt: () => () => null,
});
const UNLOCK = { unlock: true, control: false };

async function openRig(remote: ConsoleDoor["remote"] = UNLOCK) {
  const rig = await openConsoleRig([blindCamera("front")]);
  rig.doors.now = [front(remote)];
  const as = async (role: Role) => {
    const cookie = role === "owner" ? await rig.signIn() : await rig.sessionOf(role);
    const ask = async (path: string, init: RequestInit) => {
      const answer = await fetch(rig.url + path, { redirect: "manual", ...init });
      const { status, headers } = answer;
      return { status, headers, text: await answer.text(), to: headers.get("location") ?? "" };
    };
    return {
      get: (path: string) => ask(path, { headers: { cookie } }),
      post: (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
        ask(path, {
          method: "POST",
          headers: { cookie, origin: rig.url, ...headers },
          body: new URLSearchParams(fields),
        }),
    };
  };
  const slipIn = (text: string): string => /name="slip" value="([\w-]{22})"/.exec(text)?.[1] ?? "";
  return Object.assign(rig, { as, slipIn });
}

describe("nothing opens", () => {
  it("for a viewer, without a session, from a foreign page, or by a form that no page has sent", async () => {
    await using rig = await openRig();
    const operator = await rig.as("operator");
    const slip = rig.slipIn((await operator.get("/doors/front/unlock")).text);
    expect(slip).not.toBe("");
    const foreign = { origin: "http://evil.example" };
    expect((await operator.post("/doors/front/unlock", { slip }, foreign)).status).toBe(403);
    expect((await operator.post("/doors/front/unlock", { slip }, { origin: "null" })).status).toBe(403);
    expect((await operator.post("/doors/front/unlock", { slip }, { cookie: "" })).status).toBe(401);
    const viewer = await rig.as("viewer");
    expect((await viewer.get("/doors/front/unlock")).status).toBe(403);
    expect((await viewer.post("/doors/front/unlock", { slip })).status).toBe(403);
    // Somebody else's page, a guess, another door, nothing at all.
    const owner = await rig.as("owner");
    for (const form of [{ slip }, { slip: "A".repeat(22) }, {}]) {
      const { status, text } = await owner.post("/doors/front/unlock", form);
      expect([status, text.includes("open for too long")]).toEqual([409, true]);
    }
    expect((await operator.post("/doors/back/unlock", { slip })).status).toBe(404);
    for (const path of ["/doors/front/lockdown", "/doors/front/lockdown/end"]) {
      expect((await viewer.post(path, { sure: "yes" })).status).toBe(403);
      expect((await owner.post(path, { sure: "yes" }, foreign)).status).toBe(403);
    }
    expect((await operator.post("/doors/front/lockdown/end")).status).toBe(403);
    expect([rig.remote.requests, rig.remote.wishes]).toEqual([[], []]);
  });

  it("where the configuration does not allow it: no button, and a hand-made request is judged, recorded, refused", async () => {
    await using rig = await openRig({ unlock: false, control: false });
    rig.remote.answers = { result: "refused", id: "01E", why: "not_allowed" };
    const owner = await rig.as("owner");
    const operator = await rig.as("operator");
    expect((await owner.get("/doors/front")).text).toContain("<code>remote: { unlock: true }</code>");
    const page = await operator.get("/doors/front");
    expect(page.text).not.toMatch(/doors\/front\/unlock|unlock: true/);
    const asked = await operator.get("/doors/front/unlock");
    expect([asked.status, rig.slipIn(asked.text)]).toEqual([403, ""]);
    const refused = await operator.post("/doors/front/unlock", { slip: "A".repeat(22) });
    expect([refused.status, refused.text.includes("This door may not be opened from afar")]).toEqual([403, false]);
    expect(refused.text).toContain("Nothing was opened: this door may not be opened from afar.");
    expect(rig.slipIn(refused.text)).toBe("");
    expect(rig.remote.requests).toMatchObject([{ by: "console:operator", proof: "session", id: null }]);
  });
});

describe("opening a door", () => {
  it("is asked first, done once however often the form is sent, and told on the door's page", async () => {
    await using rig = await openRig();
    const operator = await rig.as("operator");
    expect((await operator.get("/doors/front")).text).toContain('href="/doors/front/unlock"');
    const page = await operator.get("/doors/front/unlock");
    for (const words of ["Open front?", "the camera has sent no picture yet", "Open front now"])
      expect(page.text).toContain(words);
    const slip = rig.slipIn(page.text);
    const sent = await Promise.all([1, 2, 3].map(() => operator.post("/doors/front/unlock", { slip })));
    sent.push(await operator.post("/doors/front/unlock", { slip }));
    const to = `/doors/front?opened=${slip}`;
    expect(sent.map((answer) => [answer.status, answer.to])).toEqual(Array.from({ length: 4 }, () => [303, to]));
    expect(rig.remote.requests).toEqual([expect.objectContaining({ door: "front", by: "console:operator", id: slip })]);
    expect((await operator.get(to)).text).toMatch(/role="status">The door was opened: its controller/);
    // Nobody else is told it is theirs.
    expect((await (await rig.as("viewer")).get(to)).text).not.toContain("The door was opened");
  });

  it.each<[Actuation, RegExp]>([
    ["confirmed", /role="status">The door was opened, and has been seen open/],
    ["sent", /role="status">The command was sent; this controller does not say/],
    ["failed", /role="alert">The door did not open: its controller failed[^<]*<br>Its word for why: bad nonce/],
    ["controller_offline", /role="alert">The door did not open: its controller is not reachable/],
    ["expired", /role="alert">The door did not open: the command would have come too late/],
    ["refused", /role="alert">The door did not open: its controller refused/],
  ])("that ended %s is said to have", async (actuation, words) => {
    await using rig = await openRig();
    rig.remote.answers = { result: "granted", id: "01E", actuation, why: "bad_nonce" };
    const operator = await rig.as("operator");
    const slip = rig.slipIn((await operator.get("/doors/front/unlock")).text);
    const { to } = await operator.post("/doors/front/unlock", { slip });
    expect((await operator.get(to)).text).toMatch(words);
  });

  it("that is refused says why in words, with a status that fits, and every reason has its own words", async () => {
    await using rig = await openRig();
    const operator = await rig.as("operator");
    const statuses = new Map<string, number>();
    for (const why of REMOTE_REFUSALS) {
      rig.remote.answers = { result: "refused", id: null, why };
      const slip = rig.slipIn((await operator.get("/doors/front/unlock")).text);
      const { status, text, headers } = await operator.post("/doors/front/unlock", { slip });
      expect(text).toContain(`Nothing was opened: ${refusalWords(why)}.`);
      expect(headers.get("retry-after")).toBe(why === "rate_limited" ? "5" : null);
      statuses.set(why, status);
    }
    const others = REMOTE_REFUSALS.filter((why) => statuses.get(why) === 409);
    expect(others).toHaveLength(REMOTE_REFUSALS.length - 4);
    expect(
      ["no_such_door", "not_allowed", "rate_limited", "audit_unavailable"].map((why) => statuses.get(why)),
    ).toEqual([404, 403, 429, 503]);
    expect(new Set(REMOTE_REFUSALS.map(refusalWords)).size).toBe(REMOTE_REFUSALS.length);
  });

  it("is not offered while the door's mode opens for nobody's word", async () => {
    await using rig = await openRig();
    const door = rig.status.now.doors["front"];
    if (door === undefined) throw new Error("the rig has no front door");
    rig.status.now = { ...rig.status.now, doors: { front: { ...door, mode: "shadow" } } };
    const operator = await rig.as("operator");
    expect((await operator.get("/doors/front")).text).toContain(
      "cannot be opened from here now: the door is in shadow",
    );
    expect(rig.slipIn((await operator.get("/doors/front/unlock")).text)).toBe("");
  });
});

describe("a lock-down", () => {
  const lockedDown = (rig: Awaited<ReturnType<typeof openRig>>): void => {
    const door = rig.status.now.doors["front"];
    if (door === undefined) throw new Error("the rig has no front door");
    rig.status.now = { ...rig.status.now, doors: { front: { ...door, mode: "locked_down" } } };
  };

  it("is made by an operator who knows that it stays, and ended by an owner where that is allowed", async () => {
    await using rig = await openRig();
    const operator = await rig.as("operator");
    expect((await operator.get("/doors/front")).text).toContain("I know that it is ended only with");
    expect((await operator.post("/doors/front/lockdown")).status).toBe(400);
    const done = await operator.post("/doors/front/lockdown", { sure: "yes" });
    expect((await operator.get(done.to)).text).toContain("It is locked down: it opens for nobody.");
    expect(rig.remote.wishes).toEqual([
      { door: "front", wish: { kind: "lockdown", on: true }, by: "console:operator" },
    ]);
    lockedDown(rig);
    const owner = await rig.as("owner");
    expect((await owner.get("/doors/front")).text).toContain("A lock-down is ended from here with");
    expect((await operator.get("/doors/front")).text).toContain("An owner can end the lock-down");
    rig.doors.now = [front({ unlock: true, control: true })];
    expect((await owner.get("/doors/front")).text).toContain("End the lock-down");
    expect((await owner.post("/doors/front/lockdown/end")).to).toBe("/doors/front?done=ended");
  });

  it("needs no tick where it can be ended from here, and what cannot be done is said", async () => {
    await using rig = await openRig({ unlock: false, control: true });
    const owner = await rig.as("owner");
    expect((await owner.post("/doors/front/lockdown")).status).toBe(303);
    rig.remote.modeAnswers = "not_kept";
    const unkept = await owner.post("/doors/front/lockdown/end");
    expect([unkept.status, unkept.text.includes("could not be written to the disk")]).toEqual([503, true]);
    rig.remote.modeAnswers = "not_allowed";
    expect((await owner.post("/doors/front/lockdown/end")).status).toBe(403);
  });
});

it("what happened from afar stands in the list of decisions, with who asked and what became of it", async () => {
  await using rig = await openRig();
  const base = { at: instant(Date.now()), door: "front" };
  const event = {
    ...base,
    id: newUlid(),
    kind: "remote_unlock",
    by: "console:<b>ann",
    outcome: "granted",
    why: "ok",
  } as const;
  await rig.audit.note(event);
  await rig.audit.amendNote({ eventId: event.id, at: base.at, actuation: "acked", why: "ok", commandId: "c" });
  await rig.audit.note({ ...base, id: newUlid(), kind: "mode_changed", by: "console:ben", mode: "locked_down" });
  const { text } = await (await rig.as("viewer")).get("/decisions");
  expect(text).toContain("(granted: ok, by console:&lt;b&gt;ann: acked)");
  expect(text).toContain("(locked down, by console:ben)");
});
