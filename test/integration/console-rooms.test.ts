import { describe, expect, it } from "vitest";
import { consoleRoutes } from "#adapters/console/app";
import type { ConsoleDoor } from "#adapters/console/parts";
import { instant } from "#core/instant";
import { ROLES, type Role } from "#core/role";
import { LimenError } from "#errors";
import { decisionRecord } from "../fakes/decision-records";
import { TOO_SMALL } from "../fakes/scripted-desk";
import { blindCamera, openConsoleRig } from "../fixtures/console-rig";

type Rig = Awaited<ReturnType<typeof openConsoleRig>>;
/** The list of addresses needs none of these to be read. */
const UNUSED: Parameters<typeof consoleRoutes>[1] = Object.create(null);
const NO_ONE = "0".repeat(24);

const FRONT: ConsoleDoor = {
  id: "front",
  camera: "front",
  isLive: false,
  threshold: 0.85,
  automatic: 0.85,
  minScore: null,
  remote: { unlock: false, control: false },
  redecideAt: (score) => (entry) =>
    (entry.record.score ?? 0) >= score
      ? { result: "grant", reason: "ok", personId: entry.record.personId }
      : { result: "deny", reason: "below_threshold", personId: entry.record.personId },
};

/** Somebody's way of asking, with their own cookie. */
function asking(rig: Rig, cookie: string) {
  const headers = { cookie, origin: rig.url };
  return {
    get: async (path: string) => {
      const answer = await fetch(rig.url + path, { redirect: "manual", headers });
      return { status: answer.status, text: await answer.text(), headers: answer.headers };
    },
    post: async (path: string, fields: Record<string, string> | FormData) => {
      const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
      const answer = await fetch(rig.url + path, { method: "POST", redirect: "manual", headers, body });
      return { status: answer.status, text: await answer.text(), to: answer.headers.get("location") };
    },
  };
}

async function signedIn(rig: Rig, name: string, password: string): Promise<string> {
  const answer = await fetch(`${rig.url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: rig.url },
    body: new URLSearchParams({ name, password }),
  });
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function enrolled(rig: Rig, name: string): Promise<string> {
  const picture = new Uint8Array([1]);
  const order = { name, notes: null, collections: ["staff"], pictures: [picture, picture], allowDuplicate: true };
  return (await rig.desk.enrol(order)).person.id;
}

describe("the first run", () => {
  it("lets the owner set a password by the link, once, and signs them in", async () => {
    await using rig = await openConsoleRig([], { password: null });
    const link = (await rig.firstRunLink()) ?? "";
    const token = link.split("/").at(-1) ?? "";
    const nobody = asking(rig, "");
    expect((await nobody.get("/sign-in")).text).toContain("Nobody has set the owner");
    expect((await nobody.get("/first-run/guessed")).status).toBe(403);
    expect((await nobody.get(new URL(link).pathname)).text).toContain("Choose the owner");
    const other = await nobody.post("/first-run", { token, password: "correct horse battery", again: "another" });
    expect([other.status, other.text.includes("not the same")]).toEqual([400, true]);
    expect((await nobody.post("/first-run", { token, password: "short", again: "short" })).status).toBe(400);
    const done = await nobody.post("/first-run", { token, password: "correct horse", again: "correct horse" });
    expect([done.status, done.to]).toEqual([303, "/"]);
    expect((await nobody.post("/first-run", { token, password: "second owner!", again: "second owner!" })).status).toBe(
      403,
    );
    expect(await rig.firstRunLink()).toBeNull();
    const cookie = await signedIn(rig, "owner", "correct horse");
    expect((await asking(rig, cookie).get("/")).status).toBe(200);
    expect(JSON.stringify(rig.logger.lines)).not.toMatch(/correct horse|first-run\//);
  });
});

describe("every address", () => {
  it("is refused to whoever has not its role, and to nobody else", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    rig.doors.now = [{ ...FRONT, remote: { unlock: true, control: true } }];
    const cookies = new Map<Role, string>([["owner", await rig.signIn()]]);
    for (const role of ["viewer", "operator"] as const) cookies.set(role, await rig.sessionOf(role));
    const seen = new Set<string>();
    for (const { method, path, needs } of consoleRoutes(rig.options, UNUSED)) {
      const address = path
        .replace(":camera", "front")
        .replace(":sequence", "1")
        .replace(":door", "front")
        .replace(/:\w+/g, NO_ONE);
      for (const role of ROLES) {
        const who = asking(rig, cookies.get(role) ?? "");
        const { status } = method === "get" ? await who.get(address) : await who.post(address, {});
        const isAllowed = ROLES.indexOf(role) >= ROLES.indexOf(needs);
        expect([method, path, role, status === 403]).toEqual([method, path, role, !isAllowed]);
      }
      const none = asking(rig, "limen_session=none");
      const { status } = method === "get" ? await none.get(address) : await none.post(address, {});
      expect([path, [303, 401].includes(status)]).toEqual([path, true]);
      seen.add(needs);
    }
    expect([...seen].sort()).toEqual(["operator", "owner", "viewer"]);
    // Whatever was sent there, no form of a page was among it.
    expect(rig.remote.requests).toEqual([]);
    expect(rig.remote.wishes.map(({ wish, by }) => [wish, by])).toEqual([
      [{ kind: "lockdown", on: true }, "console:operator"],
      [{ kind: "lockdown", on: true }, "console:owner"],
      [{ kind: "lockdown", on: false }, "console:owner"],
    ]);
  });
});

describe("decisions", () => {
  it("are listed newest first, filtered, and exported as they are filtered", async () => {
    await using rig = await openConsoleRig([]);
    const me = asking(rig, await rig.signIn());
    expect((await me.get("/decisions")).text).toContain("Nobody has come to a door yet");
    const ada = await enrolled(rig, '=HYPERLINK("x")');
    await rig.audit.append(decisionRecord({ id: "a", personId: ada }));
    const later = { at: instant(Date.UTC(2026, 1, 1, 23, 30)), door: "workshop", personId: null } as const;
    await rig.audit.append(decisionRecord({ id: "b", result: "deny", reason: "unknown_person", ...later }));
    const { text } = await me.get("/decisions");
    expect(text.indexOf("/decisions/2")).toBeLessThan(text.indexOf("/decisions/1"));
    // As a clock in Berlin shows it.
    expect(text).toContain("Mon 2026-02-02 00:30");
    expect((await me.get("/decisions?door=workshop")).text).not.toContain("/decisions/1");
    expect((await me.get("/decisions?result=grant")).text).not.toContain("/decisions/2");
    expect((await me.get(`/decisions?person=${ada}`)).text).not.toContain("/decisions/2");
    expect((await me.get("/decisions?until=2026-01-31")).text).not.toContain("/decisions/2");
    expect((await me.get("/decisions?reason=liveness")).text).toContain("Nothing was decided that fits");
    const csv = await me.get("/decisions.csv?result=grant");
    expect(csv.headers.get("content-disposition")).toMatch(
      /^attachment; filename="limen-decisions-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const lines = csv.text.trimEnd().split("\r\n");
    expect(lines).toHaveLength(2);
    // A spreadsheet must not take a name for a formula.
    expect(lines[1]).toContain(`"'=HYPERLINK(""x"")"`);
  });

  it("are told with all they rest on, and a person says whether they were right", async () => {
    await using rig = await openConsoleRig([]);
    const me = asking(rig, await rig.signIn());
    await rig.audit.append(decisionRecord());
    const { text } = await me.get("/decisions/1");
    for (const words of [
      "0.91; 0.84 was needed among 12 people",
      "recognised and allowed",
      "Was that right?",
      "passive model",
    ])
      expect(text).toContain(words);
    expect((await me.post("/decisions/1/label", { label: "wrong" })).to).toBe("/decisions/1");
    expect((await rig.audit.entry(1))?.label).toBe("wrong");
    expect((await me.post("/decisions/1/label", { label: "maybe" })).status).toBe(400);
    expect((await me.get("/decisions/2")).status).toBe(404);
    expect((await me.get("/decisions/1x")).status).toBe(404);
  });
});

describe("people", () => {
  it("are enrolled from photos, listed, found, and shown", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    const me = asking(rig, await rig.signIn());
    expect((await me.get("/people")).text).toContain("Nobody is enrolled yet");
    const form = new FormData();
    form.set("name", "Ada <b>");
    form.set("collection", "staff");
    form.append("photos", new File([new Uint8Array([1, 2, 3])], "a.jpg"));
    form.append("photos", new File([new Uint8Array([4])], "b.jpg"));
    const { to } = await me.post("/people", form);
    expect(to).toMatch(/^\/people\/[0-9a-f]{24}\?done=enrolled$/);
    expect(rig.desk.orders[0]?.pictures).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([4])]);
    const list = await me.get("/people?q=ada");
    expect(list.text).toContain("Ada &lt;b&gt;");
    expect((await me.get("/people?q=ben")).text).toContain("Nobody is called like that");
    const page = await me.get(to ?? "");
    for (const words of ["Enrolled.", "outside the hours", "staff"]) expect(page.text).toContain(words);
    const [, face = ""] = /src="(\/people\/[^"]+\.jpg)"/.exec(page.text) ?? [];
    expect((await me.get(face)).headers.get("content-type")).toBe("image/jpeg");
    expect((await me.get(`/people/${NO_ONE}`)).status).toBe(404);
  });

  it("are refused with what is wrong and what to do; twins only when it is asked for", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    const me = asking(rig, await rig.signIn());
    const taken = Buffer.from("picture").toString("base64");
    const fields = { name: "Ada", collection: "staff", taken };
    rig.desk.refuses = TOO_SMALL;
    const small = await me.post("/people", fields);
    expect(small.status).toBe(400);
    for (const words of ["the face is too small (31 px high)", "Use a sharp photo", 'value="Ada"', taken])
      expect(small.text).toContain(words);
    expect(small.text).not.toContain('name="twin"');
    expect((await me.post("/people", { ...fields, collection: "No Such" })).text).toContain("must be 1 to 64");
    rig.desk.refuses = new LimenError("LIMEN_PERSON_DUPLICATE", "this face is enrolled already as Eva");
    expect((await me.post("/people", fields)).text).toContain('name="twin"');
    expect((await me.post("/people", { ...fields, twin: "yes" })).status).toBe(303);
    const capture = await me.post("/people/capture", { camera: "front", name: "Ada" });
    expect([capture.status, capture.text.includes("has sent no picture yet")]).toEqual([503, true]);
  });

  it("are changed, get more faces and lose some, and are forgotten only when that is meant", async () => {
    await using rig = await openConsoleRig([]);
    const me = asking(rig, await rig.signIn());
    const ada = await enrolled(rig, "Ada");
    await me.post(`/people/${ada}`, { name: "Ada L.", notes: "second floor", collections: NO_ONE });
    const [person] = await rig.admin.persons([ada]);
    expect(person).toMatchObject({ name: "Ada L.", notes: "second floor", active: false, collections: [] });
    const photo = new FormData();
    photo.append("photos", new File([new Uint8Array([9])], "c.jpg"));
    await me.post(`/people/${ada}/faces`, photo);
    const [more] = await rig.admin.persons([ada]);
    expect(more?.faces).toHaveLength(3);
    await me.post(`/people/${ada}/faces/${more?.faces[0]?.id}/remove`, {});
    expect((await rig.admin.persons([ada]))[0]?.faces).toHaveLength(2);
    expect((await me.post(`/people/${ada}/forget`, {})).status).toBe(400);
    expect(await rig.admin.persons([ada])).toHaveLength(1);
    expect((await me.post(`/people/${ada}/forget`, { sure: "yes" })).to).toBe("/people");
    expect(await rig.admin.persons([ada])).toEqual([]);
    expect(JSON.stringify(rig.logger.lines)).not.toContain("Ada");
  });
});

describe("a door", () => {
  const visited = async (rig: Rig): Promise<void> => {
    rig.doors.now = [FRONT];
    const at = instant(Date.now() - 60_000);
    await rig.audit.append(decisionRecord({ id: "a", at, score: 0.91 }));
    await rig.audit.append(decisionRecord({ id: "b", at, score: 0.87 }));
    const stranger = { result: "deny", reason: "unknown_person", personId: null } as const;
    await rig.audit.append(decisionRecord({ id: "c", at, score: 0.52, ...stranger }));
  };

  it("shows its visits over the score, and what another threshold would have done", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    await visited(rig);
    const me = asking(rig, await rig.signIn());
    const { text } = await me.get("/doors/front");
    expect(text).toContain("Best scores of 2 visits of people who may pass and 1 of others; the threshold is 0.850");
    const replay = async (score: string) => (await me.get(`/doors/front/replay.json?score=${score}`)).text;
    expect(JSON.parse(await replay("0.85"))).toEqual({ visits: 3, changes: [] });
    expect(JSON.parse(await replay("0.9"))).toMatchObject({
      visits: 3,
      changes: [{ sequence: 2, was: "let in", now: "refused" }],
    });
    expect((await me.get("/doors/front/replay.json?score=2")).status).toBe(400);
    expect((await me.get("/doors/back")).status).toBe(404);
  });

  it("says that a photograph opens it, where it does", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    await visited(rig);
    const me = asking(rig, await rig.signIn());
    const door = rig.status.now.doors["front"];
    if (door === undefined) throw new Error("the rig has no door front");
    for (const [liveness, isSaid] of [
      ["monitor", true],
      ["require", false],
      ["cloud", false],
    ] as const) {
      rig.status.now = { ...rig.status.now, doors: { front: { ...door, liveness } } };
      expect((await me.get("/doors/front")).text.includes("a good photograph opens it, too")).toBe(isSaid);
    }
  });

  it("gets a stricter threshold, never one below the automatic", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    await visited(rig);
    const me = asking(rig, await rig.signIn());
    const low = await me.post("/doors/front/threshold", { score: "0.8" });
    expect([low.status, low.text.includes("cannot be set")]).toEqual([400, true]);
    expect((await me.post("/doors/front/threshold", { score: "0.9" })).to).toBe("/doors/front?done=yes");
    expect((await me.post("/doors/front/threshold", { score: "0.5", auto: "yes" })).status).toBe(303);
    expect(rig.configured.changes).toEqual([0.9, null]);
    rig.configured.refuses = new LimenError("LIMEN_CONFIG_UNREADABLE", "the file could not be changed: no place");
    expect((await me.post("/doors/front/threshold", { score: "0.9" })).text).toContain("The file could not be changed");
  });

  it("is armed only with visits that were said to be right, or by insisting", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    await visited(rig);
    const me = asking(rig, await rig.signIn());
    const early = await me.post("/doors/front/mode", { mode: "normal" });
    expect([early.status, early.text.includes("None of its visits was said to be right")]).toEqual([400, true]);
    await me.post("/decisions/1/label", { label: "right" });
    expect((await me.post("/doors/front/mode", { mode: "normal" })).status).toBe(303);
    await me.post("/decisions/2/label", { label: "wrong" });
    expect((await me.post("/doors/front/mode", { mode: "normal" })).text).toContain(
      "A wrong opening is among its visits",
    );
    expect((await me.post("/doors/front/mode", { mode: "normal", anyway: "yes" })).status).toBe(303);
    expect((await me.post("/doors/front/mode", { mode: "free_access" })).status).toBe(400);
    expect(rig.configured.changes).toEqual(["front", "normal", "front", "normal"]);
  });
});

describe("cameras", () => {
  it("are looked for on the network, and one is taken into use with its password", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    const me = asking(rig, await rig.signIn());
    expect((await me.get("/cameras")).text).toContain("Look for cameras");
    const found = await me.post("/cameras/search", {});
    for (const words of ["Acme Cam &lt;1&gt;", "192.0.2.7", 'value="urn:uuid:0000"'])
      expect(found.text).toContain(words);
    const camera = { id: "yard", address: "urn:uuid:0000", username: "limen", password: "secret words" };
    expect((await me.post("/cameras", camera)).to).toBe("/cameras?done=yes");
    expect(rig.configured.changes).toEqual([camera]);
    expect((await me.post("/cameras", { ...camera, id: "The Yard" })).status).toBe(400);
    expect(JSON.stringify(rig.logger.lines)).not.toContain("secret words");
  });
});

describe("the system", () => {
  it("says how it is, what its configuration means, and what is wrong with the file", async () => {
    await using rig = await openConsoleRig([]);
    const me = asking(rig, await rig.signIn());
    const { text } = await me.get("/system");
    for (const words of ["site    Studio", "limen_decisions_total", "/etc/limen/limen.yaml", "The file is good"])
      expect(text).toContain(words);
    rig.configured.faults = ["limen.yaml:3:1 cameras.<b>: is not a known key"];
    expect((await me.get("/system")).text).toContain("cameras.&lt;b&gt;: is not a known key");
  });

  it("says how the audit log is: what it holds, and whether everything could be written", async () => {
    const counts = new Map([["limen_decisions_total", 1]]);
    await using rig = await openConsoleRig([], { counted: () => [...counts] });
    const me = asking(rig, await rig.signIn());
    expect((await me.get("/system")).text).toContain("no decision yet; it takes everything it is given");
    await rig.audit.append(decisionRecord());
    expect((await me.get("/system")).text).toMatch(/1 decisions?, the last one \S.*; it takes everything/);
    counts.set("limen_audit_failures_total", 2);
    const { text } = await me.get("/system");
    expect(text).toContain(
      "2 times something could not be written since the start, and what is not written opens nothing",
    );
  });

  it("has accounts, which only the owner makes, and whose sessions end with them", async () => {
    await using rig = await openConsoleRig([]);
    const me = asking(rig, await rig.signIn());
    const ann = { name: "ann", role: "operator", password: "ann's own words" };
    expect((await me.post("/accounts", { ...ann, password: "short" })).text).toContain("must have 12");
    expect((await me.post("/accounts", { ...ann, name: "owner" })).status).toBe(400);
    expect((await me.post("/accounts", { ...ann, role: "owner" })).status).toBe(400);
    expect((await me.post("/accounts", ann)).status).toBe(303);
    const hers = asking(rig, await signedIn(rig, "ann", ann.password));
    expect((await hers.get("/people")).status).toBe(200);
    const system = await hers.get("/system");
    expect([system.status, system.text.includes("Accounts")]).toEqual([200, false]);
    await me.post("/accounts/ann/remove", {});
    expect((await hers.get("/people")).status).toBe(303);
    expect(await signedIn(rig, "ann", ann.password)).toBe("");
  });
});
