import { LimenError } from "#errors";
import type { AdoptedCamera, CameraDirectory, CameraSearch, ResolvedCamera } from "#ports/camera-directory";

/** A directory that knows what it is told, and remembers whom it was asked for. */
export class FakeDirectory implements CameraDirectory {
  readonly asked: AdoptedCamera[] = [];
  found: CameraSearch = { cameras: [], searched: ["eth0 10.0.0.1/24"], refused: 0 };
  answers: Record<string, ResolvedCamera | LimenError> = {};

  find({ onFound }: Parameters<CameraDirectory["find"]>[0]): Promise<CameraSearch> {
    for (const camera of this.found.cameras) onFound?.(camera);
    return Promise.resolve(this.found);
  }

  resolve(camera: AdoptedCamera, signal: AbortSignal): Promise<ResolvedCamera> {
    signal.throwIfAborted();
    this.asked.push(camera);
    const answer = this.answers[camera.id] ?? new LimenError("LIMEN_CAMERA_UNREACHABLE", "Nobody is there.");
    return answer instanceof LimenError ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

const STREAM = { token: "sub", name: "sub", width: 640, height: 360, codec: "H264", fps: 15 } as const;

export function resolvedAt(host: string, more: Partial<ResolvedCamera> = {}): ResolvedCamera {
  return {
    stream: { url: `rtsp://${host}/sub`, username: "limen", password: "secret" },
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
