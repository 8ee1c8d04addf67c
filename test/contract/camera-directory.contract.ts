import { describe, expect, it } from "vitest";
import type { AdoptedCamera, CameraDirectory } from "#ports/camera-directory";

/** A network with one camera, `urn:uuid:front-camera`, that takes user `limen` with password `right`. */
export interface DirectorySubject extends AsyncDisposable {
  readonly directory: CameraDirectory;
  /** How often a password was sent to anybody. */
  logins(): number;
}

const never = new AbortController().signal;
const CAMERA: AdoptedCamera = {
  id: "front",
  onvif: "urn:uuid:front-camera",
  username: "limen",
  password: "right",
  detectWidth: 640,
};

/** What every CameraDirectory promises. */
export function cameraDirectoryContract(name: string, open: () => Promise<DirectorySubject>): void {
  describe(`a camera directory: ${name}`, () => {
    it("finds the camera, tells of it as it answers, and sends nobody a password", async () => {
      await using subject = await open();
      const heard: string[] = [];
      const { cameras, searched } = await subject.directory.find({
        seconds: 1,
        signal: never,
        onFound: ({ endpoint }) => heard.push(endpoint),
      });
      expect(cameras).toMatchObject([{ endpoint: CAMERA.onvif, reach: "needs_password" }]);
      expect(heard).toEqual([CAMERA.onvif]);
      expect(searched.length).toBeGreaterThan(0);
      expect(subject.logins()).toBe(0);
    });

    it("resolves it to a stream without credentials in its url, and the configuration's beside it", async () => {
      await using subject = await open();
      const { stream, profile, profiles } = await subject.directory.resolve(CAMERA, never);
      expect(stream).toMatchObject({ username: "limen", password: "right" });
      const { protocol, username, password } = new URL(stream.url);
      expect({ protocol, username, password }).toEqual({ protocol: "rtsp:", username: "", password: "" });
      expect(profile.width).toBe(640);
      expect(profiles).toContainEqual(profile);
    });

    it("tells a wrong password, and does not try it twice", async () => {
      await using subject = await open();
      const wrong = { ...CAMERA, password: "wrong" };
      for (let i = 0; i < 3; i++) {
        await expect(subject.directory.resolve(wrong, never)).rejects.toMatchObject({ code: "LIMEN_CAMERA_AUTH" });
      }
      expect(subject.logins()).toBe(1);
      await expect(subject.directory.resolve(CAMERA, never)).resolves.toMatchObject({ make: "Acme" });
    });

    it("tells a camera that is not there, and sends no password for it", async () => {
      await using subject = await open();
      const missing = { ...CAMERA, onvif: "urn:uuid:nobody" };
      await expect(subject.directory.resolve(missing, never)).rejects.toMatchObject({
        code: "LIMEN_CAMERA_UNREACHABLE",
      });
      expect(subject.logins()).toBe(0);
    });

    it("stops when told", async () => {
      await using subject = await open();
      const stopped = AbortSignal.abort(new Error("stopping"));
      await expect(subject.directory.resolve(CAMERA, stopped)).rejects.toThrow("stopping");
      await expect(subject.directory.find({ seconds: 60, signal: stopped })).rejects.toThrow("stopping");
    });
  });
}
