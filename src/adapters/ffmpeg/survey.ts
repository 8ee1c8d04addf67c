import { Readable } from "node:stream";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { chunkSink, startFfmpeg } from "#adapters/ffmpeg/child";
import { dialectOf } from "#adapters/ffmpeg/dialect";
import { newCommand } from "#adapters/ffmpeg/one-shot";
import { COPY_INPUT_OPTIONS } from "#adapters/ffmpeg/stream-command";
import { concatText, type StreamAddress, secretsOf } from "#adapters/ffmpeg/stream-url";
import { readSurvey, type StreamSurvey } from "#core/stream-survey";

/** Long enough for two key frames of most cameras, short enough to wait for. */
const SURVEY_S = 4;
/** With the time a slow camera takes to begin. */
const GIVE_UP_MS = 20_000;
/** A report line has about 60 bytes; no honest camera fills this. */
const MAX_REPORT = 512 * 1024;

/**
 * What a camera sends, counted packet by packet without decoding, over a connection of its own. Null when it gave none: some
 * cameras serve one viewer at a time. Throws LIMEN_CONFIG_INVALID for an address that ffmpeg will not be given.
 */
export async function surveyStream(
  address: StreamAddress,
  binary: FfmpegBinary,
  signal: AbortSignal,
): Promise<StreamSurvey | null> {
  let report = "";
  const sink = chunkSink((chunk) => {
    if (report.length < MAX_REPORT) report += chunk.toString("latin1");
  });
  const command = newCommand(binary)
    .input(Readable.from([concatText(address, dialectOf(binary.major), "arrival")]))
    .inputOptions(COPY_INPUT_OPTIONS)
    .output(sink, { end: true })
    .outputOptions(["-map", "0:v:0", "-c", "copy", "-t", `${SURVEY_S}`, "-flush_packets", "1", "-f", "framecrc"]);
  const child = startFfmpeg(command, { killAfterMs: 1_500, secrets: secretsOf(address) });
  const stop = (): void => child.stop();
  const timer = setTimeout(stop, GIVE_UP_MS);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  await child.exited;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  return readSurvey(report);
}
