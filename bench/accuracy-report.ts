import { intervalOf } from "#core/rate";
import { type BenchResult, columns } from "./measure.js";
import type { PhotoVisit, visitDoor } from "./photo-visits.js";

export interface Trial {
  readonly visitor: PhotoVisit;
  /** What each rule, in their order, made of it; null = no face was good enough to be searched. */
  readonly verdicts: readonly Awaited<ReturnType<typeof visitDoor>>[];
  /** Person id of whoever it is; null for somebody who is not enrolled. */
  readonly truth: string | null;
}

const share = (hits: number, n: number): string => {
  const { low, high } = intervalOf(hits, n);
  const percent = (rate: number): string => (100 * rate).toFixed(2);
  const bound = hits === 0 ? `< ${percent(high)} %` : `${percent(low)} to ${percent(high)} %`;
  return `${hits} of ${n} (${bound})`;
};

function judge(index: number, trials: readonly Trial[]) {
  const missed: Trial[] = [];
  const wrong: Trial[] = [];
  const reasons = new Map<string, number>();
  for (const trial of trials) {
    const verdict = trial.verdicts[index] ?? null;
    const granted = verdict?.result === "grant" ? verdict.personId : null;
    if (granted !== null && granted !== trial.truth) wrong.push(trial);
    if (trial.truth === null || granted === trial.truth) continue;
    missed.push(trial);
    const reason = verdict?.reason ?? "never good enough";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { missed, wrong, reasons };
}

const numberOf = (trials: readonly Trial[]): string => {
  const photos = new Map<string, number>();
  for (const {
    visitor: { photo },
  } of trials) {
    const key = `${photo.file}@${photo.face[0]},${photo.face[1]}`;
    photos.set(key, (photos.get(key) ?? 0) + 1);
  }
  return [...photos]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ×${count}`)
    .join(", ");
};

export function report(found: {
  /** Names of the rules, the full one last. */
  rules: readonly string[];
  own: readonly Trial[];
  foreign: readonly Trial[];
  changing: Readonly<Record<"own" | "foreign", readonly Trial[]>>;
  sizes: readonly number[];
  refused: number;
  photos: number;
  pictures: { missed: number; all: number };
  visitsAPhoto: number;
}): BenchResult {
  const { rules, own, foreign, changing, sizes, refused, photos, pictures } = found;
  const rows = rules.map((rule, i) => ({
    rule,
    ours: judge(i, own),
    theirs: judge(i, foreign),
    moved: judge(i, changing.own),
    theyMoved: judge(i, changing.foreign),
  }));
  const table = columns([
    [
      "rule",
      "residents not let in",
      "strangers let in",
      "taken for another",
      "three photographs a visit: not let in",
      "let in",
    ],
    ...rows.map(({ rule, ours, theirs, moved, theyMoved }) => [
      rule,
      share(ours.missed.length, own.length),
      share(theirs.wrong.length, foreign.length),
      `${ours.wrong.length}`,
      share(moved.missed.length, changing.own.length),
      share(theyMoved.wrong.length + moved.wrong.length, changing.foreign.length),
    ]),
  ]);
  const full = rows.at(-1);
  const judged = foreign.filter(({ verdicts }) => verdicts.at(-1) !== null);
  const lines = [
    `${photos} photographs, each visiting ${found.visitsAPhoto} times; galleries of ${sizes.join(", ")} people; ${refused} photographs of residents refused at enrolment`,
    `impostor visits in which something was good enough to be searched: ${judged.length} of ${foreign.length}`,
    `residents' single pictures not recognised at the threshold (face of 48 px or more): ${share(pictures.missed, pictures.all)}`,
    "",
    table,
    "",
    `not let in by the full rule, why: ${[...(full?.ours.reasons ?? [])].map(([reason, n]) => `${reason} ${n}`).join(", ") || "-"}`,
    `… which photographs (visits): ${numberOf(full?.ours.missed ?? []) || "-"}`,
    `strangers let in by one picture: ${numberOf(rows[1]?.theirs.wrong ?? []) || "-"}`,
    `strangers let in by the full rule: ${numberOf(full?.theirs.wrong ?? []) || "-"}`,
    "Intervals are 95 % and take visits for independent, which visits of one photograph are not.",
  ];
  return {
    values: {
      fnir_visit: (full?.ours.missed.length ?? Number.NaN) / own.length,
      false_grants: (full?.theirs.wrong.length ?? Number.NaN) + (full?.ours.wrong.length ?? 0),
      impostor_visits: foreign.length,
      fnir_visit_several: (full?.moved.missed.length ?? Number.NaN) / changing.own.length,
      false_grants_several: (full?.theyMoved.wrong.length ?? Number.NaN) + (full?.moved.wrong.length ?? 0),
      fnir_frame: pictures.missed / pictures.all,
    },
    n: own.length + foreign.length,
    table: lines.join("\n"),
  };
}
