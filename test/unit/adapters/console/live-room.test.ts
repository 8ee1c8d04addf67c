import { expect, it } from "vitest";
import { createLiveRoom, type LiveNews } from "#adapters/console/live-room";
import type { LiveDecision } from "#ports/live-board";
import { FakeClock, flush } from "../../../fakes/fake-clock";

const GRANT: LiveDecision = { door: "front", track: 1, result: "grant", reason: "ok", personId: "ada", score: 0.9 };
const LOOK = {
  width: 640,
  height: 360,
  atMs: 1,
  faces: [{ track: 1, box: { left: 1.4, top: 2, width: 3, height: 4.6 } }],
};

function scene(nameOf: (id: string) => Promise<string | null> = async () => "Ada") {
  const clock = new FakeClock();
  const room = createLiveRoom({ clock, nameOf });
  const told: LiveNews[] = [];
  return { clock, ...room, room, told, tell: (news: LiveNews) => void told.push(news) };
}

it("tells the watchers of a camera of looks and decisions, by name and in words, until they leave", async () => {
  const s = scene();
  const watching = s.room.watch("front", s.tell);
  s.board.looked("front", LOOK);
  s.board.looked("yard", LOOK);
  s.board.decided("front", GRANT);
  await flush();
  const { personId: _, ...seen } = GRANT;
  expect(s.told).toEqual([
    { kind: "look", width: 640, height: 360, faces: [{ track: 1, box: [1, 2, 3, 5] }] },
    { kind: "decision", ...seen, name: "Ada", words: "recognised and allowed", agoMs: 0 },
  ]);
  watching[Symbol.dispose]();
  s.board.looked("front", LOOK);
  expect(s.told).toHaveLength(2);
});

it("tells whoever comes later of the last decisions, and how long ago they were", async () => {
  const s = scene();
  for (let track = 1; track <= 9; track++) s.board.decided("front", { ...GRANT, track });
  await flush();
  await flush();
  await s.clock.advance(4000);
  s.room.watch("front", s.tell);
  expect(s.told.map((news) => news.kind === "decision" && [news.track, news.agoMs])).toEqual(
    [2, 3, 4, 5, 6, 7, 8, 9].map((track) => [track, 4000]),
  );
});

it("tells decisions in their order, and without a name when none can be found", async () => {
  let release: () => void = () => {};
  const s = scene(async (id) => {
    if (id === "slow") await new Promise<void>((resolve) => (release = resolve));
    if (id === "broken") throw new Error("disk");
    return id;
  });
  s.room.watch("front", s.tell);
  s.board.decided("front", { ...GRANT, personId: "slow" });
  s.board.decided("front", { ...GRANT, personId: "broken" });
  s.board.decided("front", { ...GRANT, personId: null });
  await flush();
  expect(s.told).toEqual([]);
  release();
  await flush();
  expect(s.told.map((news) => news.kind === "decision" && news.name)).toEqual(["slow", null, null]);
});
