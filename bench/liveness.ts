import { join } from "node:path";
import { env } from "node:process";
import { openFaceFinder } from "#adapters/faces/finder";
import { readModelManifest } from "#adapters/faces/manifest";
import { ALONE } from "#core/company";
import { outlineFault, templateFault } from "#core/face";
import { isJudged, LIVENESS_CUES, type Liveness, livenessOf } from "#core/liveness";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import type { Track } from "#core/track";
import { type Evidence, openVisit, spendSearch } from "#core/visit";
import { createCueTaker } from "#flow/cue-taker";
import { cacheDir, SHIPPED_MANIFEST } from "#paths";
import type { FaceFinder } from "#ports/face-finder";
import { CLIP, type Kind, type Moment, type Shown, visitsOf } from "./liveness-clips.js";
import { columns } from "./measure.js";

const KINDS: readonly Kind[] = ["person", "photograph", "print", "telephone"];
/** Seconds of the three videos in which a person looks at the camera. */
const MOMENTS: readonly Moment[] = [
  ...[0, 12, 24, 36].map((fromS) => ({ video: 0, fromS })),
  ...[1, 13].map((fromS) => ({ video: 1, fromS })),
  ...[10, 40, 70, 100, 130, 150].map((fromS) => ({ video: 2, fromS })),
];

interface Judged {
  readonly kind: Kind;
  /** What a door that requires liveness would go by; null when too little was seen to judge at all. */
  readonly liveness: Liveness | null;
  readonly afterMs: number;
}

/**
 * Which cues are seen in visits of people filmed, and of the first picture of each film as a cut-out, a print and on a telephone: at
 * the moment a door with `liveness: require` first judges. The thresholds were chosen on these very visits.
 */
export async function benchLiveness(): Promise<{ values: Record<string, number>; n: number; table: string }> {
  const cache = cacheDir(env);
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  await using finder = await openFaceFinder({ manifest, modelsDir: join(cache, "models"), liveness: true });
  const judged: Judged[] = [];
  for await (const shown of visitsOf(MOMENTS, KINDS, join(cache, "demo"))) judged.push(await judge(shown, finder));

  const rows = [["visits of a …", "n", "judged", "none", "low", "high", ...LIVENESS_CUES]];
  const values: Record<string, number> = {};
  for (const kind of KINDS) {
    const visits = judged.filter((visit) => visit.kind === kind);
    const known = visits.flatMap(({ liveness }) => liveness ?? []);
    const levels = (["none", "low", "high"] as const).map((level) => known.filter((one) => one.level === level).length);
    const cues = LIVENESS_CUES.map((cue) => known.filter((one) => one.cues.includes(cue)).length);
    rows.push([kind, ...[visits.length, known.length, ...levels, ...cues].map(String)]);
    const [none = 0, low = 0, high = 0] = levels;
    Object.assign(values, { [`${kind}_none`]: none, [`${kind}_low`]: low, [`${kind}_high`]: high });
  }
  const waits = judged.filter(({ liveness }) => liveness !== null).map(({ afterMs }) => afterMs);
  const table = `${columns(rows)}\nfirst judged ${Math.min(...waits)} to ${Math.max(...waits)} ms after the first search`;
  return { values, n: judged.length, table };
}

async function judge({ kind, pictures }: Shown, finder: FaceFinder): Promise<Judged> {
  const shape = { minFacePx: 48, maxYaw: 0.25, minSharpness: 2.5, minNorm: finder.minNorm, zone: [] };
  const rules = { ...shape, borderline: null };
  const taker = createCueTaker();
  let visit = openVisit(1, 0, LOCAL_SEARCH_BUDGET);
  const evidence: Evidence[] = [];
  for (const [sequence, picture] of pictures.entries()) {
    const capturedAtMs = (sequence * 1000) / CLIP.fps;
    const frame = { ...picture, camera: "bench", sequence, capturedAtMs };
    const [face] = await finder.find(frame);
    if (face === undefined) continue;
    taker.looked(frame);
    const paid =
      outlineFault(face, frame, rules) === null ? spendSearch(visit, LOCAL_SEARCH_BUDGET, capturedAtMs) : null;
    if (paid === null) continue;
    visit = paid;
    const { template, liveness } = await finder.describe(frame, face);
    if (templateFault(template, rules) !== null) continue;
    const track: Track = { id: 1, box: face.box, firstSeenAtMs: 0, lastSeenAtMs: capturedAtMs, path: [] };
    const cues = taker.read({ frame, track, face }, template);
    const { yaw, sharpness } = face;
    const numbers = { faceHeightPx: face.box.height, norm: template.norm, yaw, sharpness, liveness, cues };
    evidence.push({
      capturedAtMs,
      answeredAtMs: capturedAtMs,
      answers: [],
      intent: "unknown",
      company: ALONE,
      ...numbers,
    });
    if (isJudged(evidence)) {
      return { kind, liveness: livenessOf(evidence), afterMs: capturedAtMs - (visit.firstTriedAtMs ?? 0) };
    }
  }
  return { kind, liveness: null, afterMs: 0 };
}
