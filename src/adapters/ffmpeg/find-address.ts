import type { AddressFinder, StreamAddress } from "#adapters/ffmpeg/stream-url";
import { type ErrorCode, LimenError, messageOf } from "#errors";
import type { Clock } from "#ports/clock";

/** Asking a camera for its address takes it a second or two; a search for it on the network some more. */
const WITHIN_MS = 20_000;

/**
 * Asks for the address of one attempt. Rejects with the finder's own LimenError, with LIMEN_CAMERA_FAILED for anything else it
 * throws, with LIMEN_CAMERA_UNREACHABLE when it takes too long, and at once when the signal aborts, whether the finder heeds it
 * or not.
 */
export async function findAddress(
  { camera, address, clock }: { camera: string; address: AddressFinder; clock: Clock },
  previous: ErrorCode | null,
  signal: AbortSignal,
): Promise<StreamAddress> {
  const over = new AbortController();
  const end = () => over.abort(signal.reason);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const tooLate = clock.sleep(WITHIN_MS, over.signal).then(() => {
    throw new LimenError("LIMEN_CAMERA_UNREACHABLE", `Camera ${camera} did not say in time where its stream is.`, {
      hint: "Check that the camera is on and that this machine is on its network.",
    });
  });
  try {
    return await Promise.race([address(previous, over.signal), tooLate]);
  } catch (error) {
    if (error instanceof LimenError || signal.aborted) throw error;
    const what = `Camera ${camera} has no address to try: ${messageOf(error)}`;
    throw new LimenError("LIMEN_CAMERA_FAILED", what, { cause: error });
  } finally {
    signal.removeEventListener("abort", end);
    over.abort();
    tooLate.catch(() => undefined);
  }
}
