import { expect, it } from "vitest";
import { LimenError } from "#errors";
import { followCamera } from "#flow/camera-address";
import { FakeDirectory, resolvedAt } from "../../fakes/fake-directory.js";

const never = new AbortController().signal;
const CAMERA = { id: "front", onvif: "urn:uuid:front", username: "limen", password: "secret", detectWidth: 640 };

it("a camera's address is asked once while it serves, and again after every failure", async () => {
  const directory = new FakeDirectory();
  directory.answers = { front: resolvedAt("10.0.0.7") };
  const address = followCamera(CAMERA, directory);
  expect(directory.asked).toEqual([]);
  expect(await address(null, never)).toMatchObject({ url: "rtsp://10.0.0.7/sub", password: "right" });
  expect(await address(null, never)).toMatchObject({ url: "rtsp://10.0.0.7/sub" });
  expect(directory.asked).toEqual([CAMERA]);

  directory.answers = { front: resolvedAt("10.0.0.8") };
  expect(await address("LIMEN_CAMERA_UNREACHABLE", never)).toMatchObject({ url: "rtsp://10.0.0.8/sub" });
  expect(directory.asked).toHaveLength(2);
});

it("an address that failed is not used again when the directory has none: it may be somebody else's", async () => {
  const directory = new FakeDirectory();
  directory.answers = { front: resolvedAt("10.0.0.7") };
  const address = followCamera(CAMERA, directory);
  await address(null, never);
  const gone = new LimenError("LIMEN_CAMERA_UNREACHABLE", "gone");
  directory.answers = { front: gone };
  await expect(address("LIMEN_CAMERA_STALLED", never)).rejects.toBe(gone);
  await expect(address(null, never)).rejects.toBe(gone);
});
