import type { ErrorCode } from "#errors";
import type { AdoptedCamera, CameraDirectory, ResolvedCamera } from "#ports/camera-directory";

/** Tells where a camera's pictures are before each attempt to read them. `previous` is the code of the failure before. */
export type StreamAddressSource = (
  previous: ErrorCode | null,
  signal: AbortSignal,
) => Promise<ResolvedCamera["stream"]>;

/**
 * Asks the directory at first, and again after every failure: the camera may have been given another address, and the one it had
 * may belong to somebody else by now, who must not be sent its password. So an address that no longer holds is never used for want
 * of a better one; the directory's refusal is the attempt's.
 */
export function followCamera(camera: AdoptedCamera, directory: CameraDirectory): StreamAddressSource {
  let known: ResolvedCamera["stream"] | null = null;
  return async (previous, signal) => {
    if (previous === null && known !== null) return known;
    known = null;
    const { stream } = await directory.resolve(camera, signal);
    known = stream;
    return stream;
  };
}
