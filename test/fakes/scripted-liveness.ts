import { LimenError } from "#errors";
import type { LivenessCheck, LivenessVerdict } from "#ports/liveness-check";
import type { FakeClock } from "./fake-clock";

type Asked = Parameters<LivenessCheck["check"]>[0] & { readonly atMs: number };
/** What the service does with each question; the last entry goes on. */
export type Saying =
  | LivenessVerdict
  | LimenError
  | "silent"
  | { readonly afterMs: number; readonly says: LivenessVerdict };

/** A service that does with each question what the script says; it remembers what it was asked, and when. */
export function scriptedLiveness(script: readonly Saying[], clock: FakeClock) {
  const asked: Asked[] = [];
  const check: LivenessCheck["check"] = async (request) => {
    asked.push({ ...request, atMs: clock.monotonicMs() });
    const saying = script[asked.length - 1] ?? script.at(-1) ?? "silent";
    if (saying instanceof LimenError) throw saying;
    if (saying === "silent") return new Promise(() => {});
    if ("says" in saying) await clock.sleep(saying.afterMs);
    return "says" in saying ? saying.says : saying;
  };
  return { asked, check };
}
