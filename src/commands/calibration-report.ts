import type { CalibrationFindings, ThresholdInForce } from "#app-calibrate";
import type { Calibration } from "#core/calibration";
import { isoOf } from "#core/instant";

const day = (at: ThresholdInForce["calibration"]): string => (at === null ? "" : isoOf(at.at).slice(0, 10));

/** "1 picture in 1000" for 0.001. */
function oneIn(rate: number): string {
  return `1 picture in ${Math.round(1 / rate).toLocaleString("en")}`;
}

/** Which threshold holds for a collection, and why. */
export function thresholdLine({ collection, people, threshold, calibration }: ThresholdInForce): string {
  const why =
    calibration === null
      ? "the safe default; `limen calibrate` measures what it needs here"
      : `calibrated ${day(calibration)} with ${calibration.people} people: at most ${oneIn(calibration.fpir)} of strangers over it`;
  return `score ${threshold.toFixed(3)} opens for ${collection}, ${people} people (${why})`;
}

type Fitted = Extract<Calibration, { kind: "fitted" }>;

function fittedLines(found: Fitted, fpir: number): string[] {
  const { people, inTail, from, scale, scaleBound, bestGuess, cosine, highestSeen, proposal, isRaised } = found;
  const beyond = cosine > highestSeen ? "above every score that was seen: it rests on the form of the tail" : "";
  return [
    `  method     each of ${people} people against all others, the best score each: what a stranger may reach (cosines)`,
    `             exponential tail over the upper ${inTail}, from ${from.toFixed(3)}: mean excess ${scale.toFixed(4)}, at most ${scaleBound.toFixed(4)}`,
    `  seen       highest ${highestSeen.toFixed(3)}`,
    `  threshold  cosine ${cosine.toFixed(3)} (best guess ${bestGuess.toFixed(3)}) for ${oneIn(fpir)} of strangers, with 95 % confidence${beyond === "" ? "" : `; ${beyond}`}`,
    `             score ${proposal.score.toFixed(3)}${isRaised ? ", raised to the model's same-person score" : ""}, and ${proposal.slopePerDecade.toFixed(3)} more for ten times the people`,
  ];
}

/** What was found in one collection, in lines for a person. */
export function calibrationReport(
  { collection, fpir }: { collection: string; fpir: number },
  { calibration, people, measured }: CalibrationFindings,
): string[] {
  const head = `${collection}: ${people} people${measured < people ? `, ${measured} of them measured` : ""}`;
  if (calibration.kind === "fitted") return [head, ...fittedLines(calibration, fpir)];
  const percent = (100 * calibration.bound).toFixed(1);
  return [
    head,
    `  too few    ${calibration.people} people with somebody to compare them with; ${calibration.needed} different ones are needed to fit anything`,
    `             all that ${calibration.people} can show of a threshold none of them reached: strangers reach it in less than ${percent} % (rule of three)`,
    "  threshold  none is proposed; the safe default stays",
  ];
}
