import type { Decoder } from "#adapters/ffmpeg/decoder";
import { type ErrorCode, messageOf } from "#errors";
import type { Logger } from "#ports/logger";

/** What the configuration may ask for. */
export type WantedDecoder = Decoder | "auto";

export interface DecoderChoice {
  /** What the next attempt decodes with. The first call tries what was asked for, and says in one line what came of it. */
  next(signal: AbortSignal): Promise<Decoder>;
  /** The attempt has pictures. */
  works(): void;
  /** The attempt ended without any. */
  failed(code: ErrorCode): void;
}

/** What a decoder that cannot take this camera's stream looks like from outside; so does many a fault of a camera. */
const PERHAPS_THE_DECODER: readonly ErrorCode[] = ["LIMEN_CAMERA_FAILED", "LIMEN_CAMERA_SILENT", "LIMEN_CAMERA_ENDED"];

/**
 * Software unless the machine can do better. Hardware that passes the trial and then shows no picture of this camera is doubted:
 * the next attempt is software, and if that one has pictures it stays so; if not, it was the camera. `attempt` rejects when a
 * decoder does not work here.
 */
export function openDecoderChoice(
  wanted: WantedDecoder,
  attempt: (decoder: Decoder, signal: AbortSignal) => Promise<void>,
  logger: Logger,
): DecoderChoice {
  let chosen: Decoder | null = wanted === "software" ? "software" : null;
  let isDoubted = false;

  async function choose(signal: AbortSignal): Promise<Decoder> {
    const faults: string[] = [];
    for (const decoder of wanted === "auto" ? (["vaapi", "v4l2m2m"] as const) : ([wanted] as const)) {
      try {
        await attempt(decoder, signal);
        logger.info({ decoder }, `Pictures are decoded by ${decoder}.`);
        return decoder;
      } catch (error) {
        signal.throwIfAborted();
        faults.push(messageOf(error));
      }
    }
    // Asked for by name, its absence is a surprise; asked for if there is any, it is news.
    if (wanted === "auto") logger.info({ decoder: "software" }, "No hardware decoder works here: software decodes.");
    else logger.warn({ decoder: "software" }, `${wanted} does not work here, software decodes: ${faults.join("; ")}`);
    return "software";
  }

  return {
    async next(signal) {
      chosen ??= await choose(signal);
      return isDoubted ? "software" : chosen;
    },
    works() {
      if (!isDoubted) return;
      logger.warn({ decoder: "software" }, `${chosen} shows no picture of this camera, software does and stays.`);
      chosen = "software";
      isDoubted = false;
    },
    failed(code) {
      if (chosen === null || chosen === "software") return;
      isDoubted = !isDoubted && PERHAPS_THE_DECODER.includes(code);
    },
  };
}
