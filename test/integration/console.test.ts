import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import type { ConsoleCamera } from "#adapters/console/parts";
import type { LiveViewer } from "#ports/live-view";
import { frameAt } from "../fakes/faces";
import { blindCamera, openConsoleRig, PASSWORD } from "../fixtures/console-rig";
import { openLiveSocket } from "../fixtures/live-socket";
import { until } from "../fixtures/until";

const post = (url: string, path: string, headers: Record<string, string>, fields: Record<string, string> = {}) =>
  fetch(url + path, { method: "POST", redirect: "manual", headers, body: new URLSearchParams(fields) });
const get = (url: string, path: string, cookie?: string) =>
  fetch(url + path, { redirect: "manual", headers: cookie === undefined ? {} : { cookie } });

/** A camera whose video the test makes. */
function stagedCamera() {
  const viewers = new Set<LiveViewer>();
  const camera: ConsoleCamera = {
    id: "front",
    newest: () => null,
    view: {
      join(viewer) {
        viewers.add(viewer);
        return { [Symbol.dispose]: () => void viewers.delete(viewer) };
      },
    },
  };
  return { viewers, camera };
}

/** The status line of whatever answers these bytes; fetch would not let a test say such things. */
function statusOf(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(request));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(String(data).split("\r\n")[0] ?? "");
    });
    socket.once("error", reject);
  });
}

describe("without a session", () => {
  it("every page leads to the sign-in and everything else is refused, with strict headers", async () => {
    await using rig = await openConsoleRig([blindCamera("front")]);
    for (const path of ["/", "/cameras/front", "/cameras/nobody", "/anything"]) {
      const answer = await get(rig.url, path, "limen_session=wrong");
      expect([path, answer.status, answer.headers.get("location")]).toEqual([path, 303, "/sign-in"]);
    }
    for (const path of ["/state.json", "/cameras/front/snapshot.jpg"])
      expect((await get(rig.url, path)).status).toBe(401);
    const page = await get(rig.url, "/sign-in");
    expect(page.status).toBe(200);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http/);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(await page.text()).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
  });

  it("somebody gets one with the password alone, from a page of this console alone", async () => {
    await using rig = await openConsoleRig([]);
    const own = { origin: rig.url };
    const wrong = await post(rig.url, "/sign-in", own, { name: "owner", password: "open sesame, pleas" });
    expect([wrong.status, wrong.headers.get("set-cookie")]).toEqual([401, null]);
    expect((await post(rig.url, "/sign-in", own, {})).status).toBe(401);
    const foreign = await post(
      rig.url,
      "/sign-in",
      { origin: "http://evil.example" },
      { name: "owner", password: PASSWORD },
    );
    expect([foreign.status, foreign.headers.get("set-cookie")]).toEqual([403, null]);
    expect((await post(rig.url, "/sign-in", {}, { name: "owner", password: PASSWORD })).status).toBe(403);
    const right = await post(rig.url, "/sign-in", own, { name: "owner", password: PASSWORD });
    expect(right.status).toBe(303);
    expect(right.headers.get("set-cookie")).toMatch(/^limen_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(JSON.stringify(rig.logger.lines)).not.toContain("sesame");
  });

  it("nobody may try many passwords", async () => {
    await using rig = await openConsoleRig([]);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      statuses.push(
        (await post(rig.url, "/sign-in", { origin: rig.url }, { name: "owner", password: `guess number ${i}` })).status,
      );
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await post(rig.url, "/sign-in", { origin: rig.url }, { name: "owner", password: PASSWORD });
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(20);
  });

  it("a request under another name, as after DNS rebinding, gets nothing", async () => {
    await using rig = await openConsoleRig([]);
    const cookie = await rig.signIn();
    const request = (host: string) =>
      `GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
    expect(await statusOf(rig.url, request("evil.example"))).toContain(" 421 ");
    expect(await statusOf(rig.url, request("evil.example:8481"))).toContain(" 421 ");
    expect(await statusOf(rig.url, request("localhost:8481"))).toContain(" 200 ");
  });

  it("a form larger than any password is turned away unread", async () => {
    await using rig = await openConsoleRig([]);
    expect(
      (await post(rig.url, "/sign-in", { origin: rig.url }, { name: "owner", password: "x".repeat(20_000) })).status,
    ).toBe(413);
  });
});

describe("for programs that watch", () => {
  it("says whether it is alive and ready without a sign-in, to this computer", async () => {
    const stuck: string[] = [];
    await using rig = await openConsoleRig([], {
      health: {
        token: null,
        stuck: () => stuck,
        metrics: () => ({ type: "text/plain; version=0.0.4", text: "a 1\n" }),
      },
    });
    expect(await (await get(rig.url, "/healthz")).json()).toEqual({ alive: true, stuck: [] });
    const ready = await get(rig.url, "/readyz");
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, problems: [] }]);
    const metrics = await get(rig.url, "/metrics");
    expect([metrics.headers.get("content-type"), await metrics.text()]).toEqual(["text/plain; version=0.0.4", "a 1\n"]);
    stuck.push("camera front");
    rig.status.now = { ...rig.status.now, problems: ["camera front is down"] };
    const hung = await get(rig.url, "/healthz");
    expect([hung.status, await hung.json()]).toEqual([503, { alive: false, stuck: ["camera front"] }]);
    const unready = await get(rig.url, "/readyz");
    expect([unready.status, await unready.json()]).toEqual([503, { ready: false, problems: ["camera front is down"] }]);
  });

  it("says nothing to others: behind a proxy, passed on by one, or under a foreign name", async () => {
    const token = "0123456789abcdef";
    const health = { token, stuck: () => [], metrics: () => ({ type: "text/plain", text: "a 1\n" }) };
    await using proxied = await openConsoleRig([], { health, behindTlsProxy: true });
    await using plain = await openConsoleRig([], { health });
    for (const path of ["/healthz", "/readyz", "/metrics"]) {
      const refused = await get(proxied.url, path);
      expect([path, refused.status, refused.headers.get("www-authenticate")]).toEqual([path, 401, "Bearer"]);
      const headers = { authorization: `Bearer ${token}` };
      expect([path, (await fetch(proxied.url + path, { headers })).status]).toEqual([path, 200]);
      const passedOn = await fetch(plain.url + path, { headers: { "x-forwarded-for": "203.0.113.9" } });
      expect([path, passedOn.status]).toEqual([path, 401]);
      expect(
        await statusOf(plain.url, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`),
      ).toContain(" 421 ");
    }
  });
});

describe("signed in", () => {
  it("shows cameras, doors and what is wrong, with every text as text", async () => {
    await using rig = await openConsoleRig([blindCamera("front"), blindCamera("yard")], { siteName: "<i>Studio" });
    const cookie = await rig.signIn();
    rig.status.now = { ...rig.status.now, problems: ["camera <yard> is down"] };
    const page = await (await get(rig.url, "/", cookie)).text();
    expect(page).toContain("&lt;i&gt;Studio");
    expect(page).toContain("camera &lt;yard&gt; is down");
    expect(page).toContain("not reachable");
    expect(page).toContain("controller offline");
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
    expect(await (await get(rig.url, "/state.json", cookie)).json()).toEqual({
      problems: ["camera <yard> is down"],
      cameras: {
        front: { state: "streaming", words: "live", missing: "the camera has sent no picture yet" },
        yard: { state: "down", words: "not reachable", missing: "the camera has sent no picture yet" },
      },
    });
    expect((await get(rig.url, "/cameras/nobody", cookie)).status).toBe(404);
  });

  it("ends with signing out, also for what is open", async () => {
    const { camera, viewers } = stagedCamera();
    await using rig = await openConsoleRig([camera]);
    const cookie = await rig.signIn();
    using live = await openLiveSocket(rig.url, "front", { cookie, origin: rig.url });
    const left = await post(rig.url, "/sign-out", { origin: rig.url, cookie });
    expect([left.status, left.headers.get("set-cookie")]).toEqual([303, expect.stringContaining("Max-Age=0")]);
    expect((await get(rig.url, "/", cookie)).status).toBe(303);
    await until("the socket to be closed", () => live.closed !== null, 10_000);
    expect(live.closed).toBe(4401);
    await until("the viewer to be gone", () => viewers.size === 0, 10_000);
  });

  it("gives the newest picture, and says why when there is none of now", async () => {
    const now = frameAt(systemClock.monotonicMs());
    let frame: typeof now | null = now;
    let encodings = 0;
    const camera = { id: "front", newest: () => frame, view: null };
    await using rig = await openConsoleRig([camera], {
      encode: async ({ width, height, rgb }) => {
        encodings++;
        await delay(300);
        return await sharp(rgb, { raw: { width, height, channels: 3 } })
          .jpeg()
          .toBuffer();
      },
    });
    const cookie = await rig.signIn();
    const answers = await Promise.all([1, 2, 3].map(() => get(rig.url, "/cameras/front/snapshot.jpg", cookie)));
    expect(encodings).toBe(1);
    for (const answer of answers) {
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
      const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
      expect([width, height]).toEqual([now.width, now.height]);
    }
    frame = { ...now, capturedAtMs: systemClock.monotonicMs() - 9000 };
    const old = await get(rig.url, "/cameras/front/snapshot.jpg", cookie);
    expect([old.status, await old.text()]).toEqual([503, "the camera's newest picture is 9 s old\n"]);
    frame = null;
    expect((await get(rig.url, "/cameras/front/snapshot.jpg", cookie)).status).toBe(503);
  });
});

describe("the live socket", () => {
  it("is refused without a session, from a foreign page, under a foreign name, and for no camera", async () => {
    const { camera, viewers } = stagedCamera();
    await using rig = await openConsoleRig([camera]);
    const cookie = await rig.signIn();
    const origin = rig.url;
    const { host } = new URL(rig.url);
    const refused: [string, Record<string, string>, string][] = [
      ["front", { origin }, "401"],
      ["front", { origin, cookie: "limen_session=guess" }, "401"],
      ["front", { cookie }, "403"],
      ["front", { cookie, origin: "http://evil.example" }, "403"],
      ["front", { cookie, origin: "null" }, "403"],
      ["front", { cookie, origin: "http://evil.example", host: "evil.example" }, "421"],
      ["nobody", { cookie, origin, host }, "404"],
    ];
    for (const [id, headers, status] of refused)
      await expect(openLiveSocket(rig.url, id, headers), JSON.stringify(headers)).rejects.toThrow(status);
    expect(viewers.size).toBe(0);
    using live = await openLiveSocket(rig.url, "front", { cookie, origin });
    expect(live.socket.readyState).toBe(live.socket.OPEN);
  });

  it("carries video, faces and troubles to everybody who looks, sixteen at most", async () => {
    const { camera, viewers } = stagedCamera();
    await using rig = await openConsoleRig([camera]);
    const headers = { cookie: await rig.signIn(), origin: rig.url };
    const lives = await Promise.all(Array.from({ length: 16 }, () => openLiveSocket(rig.url, "front", headers)));
    await expect(openLiveSocket(rig.url, "front", headers)).rejects.toThrow("503");
    for (const viewer of viewers) viewer.trouble("no_video");
    for (const viewer of viewers) viewer.video(new Uint8Array(188));
    rig.room.board.looked("front", { width: 2, height: 1, atMs: 0, faces: [] });
    for (const live of lives) {
      await until("the face to arrive", () => live.news.length === 2, 10_000);
      expect(live.news).toEqual([
        { kind: "trouble", trouble: "no_video" },
        { kind: "look", width: 2, height: 1, faces: [] },
      ]);
      expect(live.video).toEqual([188]);
      live[Symbol.dispose]();
    }
    await until("all viewers to be gone", () => viewers.size === 0, 10_000);
  });

  it("is closed on whoever sends more than a word", async () => {
    const { camera } = stagedCamera();
    await using rig = await openConsoleRig([camera]);
    using live = await openLiveSocket(rig.url, "front", { cookie: await rig.signIn(), origin: rig.url });
    live.socket.send("x".repeat(5000));
    await until("the socket to be closed", () => live.closed !== null, 10_000);
    expect(live.closed).toBe(1009);
  });

  it("drops video for a viewer that does not read, then lets it go; the others see everything", async () => {
    const { camera, viewers } = stagedCamera();
    await using rig = await openConsoleRig([camera]);
    const headers = { cookie: await rig.signIn(), origin: rig.url };
    using slow = await openLiveSocket(rig.url, "front", headers);
    using quick = await openLiveSocket(rig.url, "front", headers);
    await until("both to look", () => viewers.size === 2, 10_000);
    slow.socket.pause();
    const chunk = new Uint8Array(188 * 500);
    let sent = 0;
    const before = process.memoryUsage().arrayBuffers;
    while (viewers.size === 2 && sent < 4000) {
      for (const viewer of viewers) viewer.video(chunk);
      sent++;
      await delay(5);
    }
    expect(viewers.size).toBe(1);
    expect(rig.metrics.of("limen_live_dropped_total")).toBeGreaterThan(0);
    await until("the quick one to have everything", () => quick.video.length === sent, 10_000);
    // Everything for one slow viewer would be more than this by far: 90 kB, 200 times a second, for five seconds and longer.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 2 ** 20);
    expect(sent * chunk.length).toBeGreaterThan(40 * 2 ** 20);
  });
});
