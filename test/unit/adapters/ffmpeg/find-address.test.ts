import { expect, test } from "vitest";
import { findAddress } from "#adapters/ffmpeg/find-address";
import { type AddressFinder, fixedAddress } from "#adapters/ffmpeg/stream-url";
import { LimenError } from "#errors";
import { FakeClock, flush } from "../../../fakes/fake-clock.js";

const never: AddressFinder = () => new Promise(() => {});
const ask = (address: AddressFinder, signal = new AbortController().signal, clock = new FakeClock()) =>
  findAddress({ camera: "entrance", address, clock }, null, signal);

test("a fixed address is the same every time, and is refused at once when ffmpeg will not be given it", async () => {
  const address = fixedAddress({ url: "rtsp://192.0.2.10/s", username: "u" });
  expect(await ask(address)).toEqual({ url: "rtsp://192.0.2.10/s", username: "u" });
  expect(() => fixedAddress({ url: "file:///etc/passwd" })).toThrow(
    expect.objectContaining({ code: "LIMEN_CONFIG_INVALID" }),
  );
});

test("the finder is told how the attempt before ended", async () => {
  const told: unknown[] = [];
  const address: AddressFinder = (previous) => {
    told.push(previous);
    return Promise.resolve({ url: "rtsp://192.0.2.10/s" });
  };
  const options = { camera: "entrance", address, clock: new FakeClock() };
  await findAddress(options, null, new AbortController().signal);
  await findAddress(options, "LIMEN_CAMERA_NOT_FOUND", new AbortController().signal);
  expect(told).toEqual([null, "LIMEN_CAMERA_NOT_FOUND"]);
});

test("its own error comes out as it is, any other one as a failure of the camera", async () => {
  const locked = new LimenError("LIMEN_CAMERA_AUTH", "The camera is locked.");
  await expect(ask(() => Promise.reject(locked))).rejects.toBe(locked);
  await expect(ask(() => Promise.reject(new TypeError("no profiles")))).rejects.toMatchObject({
    code: "LIMEN_CAMERA_FAILED",
  });
});

test("a finder that never answers is given up, and an abort does not wait for it", async () => {
  const clock = new FakeClock();
  const asked = ask(never, new AbortController().signal, clock);
  const refused = expect(asked).rejects.toMatchObject({ code: "LIMEN_CAMERA_UNREACHABLE" });
  await flush();
  await clock.advance(20_000);
  await refused;

  const stop = new AbortController();
  const stopped = expect(ask(never, stop.signal)).rejects.toBeDefined();
  stop.abort();
  await stopped;
});
