import { expect, test } from "vitest";
import { openLiveVideo } from "#adapters/ffmpeg/live-video";
import { FakeClock, flush } from "../../../fakes/fake-clock.js";

const MIB = 2 ** 20;

function rig() {
  const clock = new FakeClock();
  let dropped = 0;
  const video = openLiveVideo({ clock, onDrop: () => dropped++ });
  return { clock, video, dropped: () => dropped };
}

/** A viewer who takes everything at once, and the first byte of each chunk it got. */
function view(video: ReturnType<typeof openLiveVideo>) {
  const stop = new AbortController();
  const got: number[] = [];
  const done = (async () => {
    for await (const chunk of video.watch(stop.signal)) got.push(chunk[0] ?? -1);
  })();
  return { got, stop, done };
}

const chunk = (mark: number, length = 188) => new Uint8Array(length).fill(mark);

test("a viewer gets the last eight seconds first, then what comes, each piece once and in order", async () => {
  const { clock, video, dropped } = rig();
  for (let second = 0; second < 20; second++) {
    video.push(chunk(second));
    await clock.advance(1_000);
  }
  const viewer = view(video);
  for (let round = 0; round < 5; round++) await flush();
  expect(viewer.got).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  video.push(chunk(20));
  video.push(chunk(21));
  await flush();
  expect(viewer.got.slice(8)).toEqual([20, 21]);
  expect(video.bytes).toBe(22 * 188);
  expect(dropped()).toBe(0);
  viewer.stop.abort();
  await viewer.done;
});

test("after a long silence there is no past to show", async () => {
  const { clock, video } = rig();
  video.push(chunk(1));
  await clock.advance(60_000);
  const viewer = view(video);
  await flush();
  video.push(chunk(2));
  await flush();
  expect(viewer.got).toEqual([2]);
  viewer.stop.abort();
  await viewer.done;
});

test("the past is bounded in bytes, whatever the camera sends", async () => {
  const { video } = rig();
  for (let mark = 0; mark < 20; mark++) video.push(chunk(mark, MIB));
  const viewer = view(video);
  await flush();
  expect(viewer.got).toEqual([16, 17, 18, 19]);
  viewer.stop.abort();
  await viewer.done;
});

test("a viewer that does not keep up loses the oldest whole chunks, counted; another one loses nothing", async () => {
  const { video, dropped } = rig();
  const stop = new AbortController();
  const slow = video.watch(stop.signal)[Symbol.asyncIterator]();
  const first = slow.next();
  const quick = view(video);
  await flush();
  for (let mark = 0; mark < 12; mark++) {
    video.push(chunk(mark, MIB));
    await flush();
  }
  expect(quick.got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect((await first).value?.[0]).toBe(0);
  const next = (await slow.next()).value;
  expect(next?.[0]).toBe(7);
  expect(next?.length).toBe(MIB);
  expect(dropped()).toBe(6);
  stop.abort();
  quick.stop.abort();
  await quick.done;
});

test("watching ends when the viewer leaves, and for all when the camera is closed", async () => {
  const { video } = rig();
  const leaver = view(video);
  const stayer = view(video);
  await flush();
  leaver.stop.abort();
  await leaver.done;
  video.push(chunk(1));
  await flush();
  expect([leaver.got, stayer.got]).toEqual([[], [1]]);
  video.close();
  await stayer.done;
  const late = view(video);
  await late.done;
});
