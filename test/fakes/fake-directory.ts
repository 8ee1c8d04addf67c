import { LimenError } from "#errors";
import type { AdoptedCamera, CameraDirectory, CameraSearch, ResolvedCamera } from "#ports/camera-directory";

/** A directory that knows what it is told, and remembers whom it was asked for. */
export class FakeDirectory implements CameraDirectory {
  readonly asked: AdoptedCamera[] = [];
  found: CameraSearch = { cameras: [], searched: ["eth0 10.0.0.1/24"], refused: 0 };
  /** What is answered for a camera, by its name: instead of what its password would bring. */
  answers: Record<string, ResolvedCamera | LimenError> = {};
  /** Cameras by what the configuration calls them in `onvif:`. */
  cameras: Record<string, { readonly password: string; readonly resolved: ResolvedCamera }> = {};
  /** Passwords that would have been sent. */
  logins = 0;
  readonly #refused = new Set<string>();

  async find({ onFound, signal }: Parameters<CameraDirectory["find"]>[0]): Promise<CameraSearch> {
    signal.throwIfAborted();
    for (const camera of this.found.cameras) onFound?.(camera);
    return this.found;
  }

  async resolve(camera: AdoptedCamera, signal: AbortSignal): Promise<ResolvedCamera> {
    signal.throwIfAborted();
    this.asked.push(camera);
    const answer = this.answers[camera.id] ?? this.#logIn(camera);
    if (answer instanceof LimenError) throw answer;
    return answer;
  }

  #logIn({ onvif, username, password }: AdoptedCamera): ResolvedCamera | LimenError {
    const there = this.cameras[onvif];
    if (there === undefined) return new LimenError("LIMEN_CAMERA_UNREACHABLE", "Nobody is there.");
    const key = JSON.stringify([onvif, username, password]);
    if (!this.#refused.has(key)) this.logins++;
    if (there.password === password) return there.resolved;
    this.#refused.add(key);
    return new LimenError("LIMEN_CAMERA_AUTH", "The camera refused the user name or password.");
  }
}

const STREAM = { token: "sub", name: "sub", width: 640, height: 360, codec: "H264", fps: 15 } as const;

export function resolvedAt(host: string, more: Partial<ResolvedCamera> = {}): ResolvedCamera {
  return {
    stream: { url: `rtsp://${host}/sub`, username: "limen", password: "right" },
    profile: STREAM,
    profiles: [{ ...STREAM, token: "main", name: "main", width: 1920, height: 1080 }, STREAM],
    make: "Acme",
    model: "Eye 3",
    endpoint: null,
    address: host,
    snapshotUrl: null,
    clockSkewMs: 0,
    ...more,
  };
}
