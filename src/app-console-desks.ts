import { systemClock } from "#adapters/clock/system-clock";
import type { CameraOnNetwork, ConsoleDoor, ConsoleOptions, DoorWords, ReplayedVisit } from "#adapters/console/parts";
import type { OpenFaceFinder } from "#adapters/faces/finder";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { discover } from "#app-discover";
import { examineCamera } from "#app-doctor";
import type { Records } from "#app-offline";
import { localThresholdOf, policyOf, type Tools } from "#app-parts";
import { writeCamera, writeDoorMode, writeMinScore } from "#config/change-file";
import { readPersonAccess, writePersonAccess } from "#config/change-person";
import type { Config, DoorConfig } from "#config/config";
import { loadConfig } from "#config/load";
import { summariseConfig } from "#config/summary";
import { explain } from "#core/explanation";
import { wordsFor } from "#core/reason";
import { redecide } from "#core/replay";
import { thresholdFor } from "#core/threshold";
import { LimenError } from "#errors";
import { factsOf } from "#flow/person-facts";
import type { AuditEntry } from "#ports/audit-log";
import type { ConfigDesk } from "#ports/config-desk";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";

/** What the console needs of the configuration, the gallery and the network. */

const SEARCH_SECONDS = 5;

/** What each door says of somebody at this moment, as far as the configuration and the gallery decide it. */
export async function explainedAtAll(config: Config, gallery: Gallery, personId: string): Promise<DoorWords[]> {
  const person = await factsOf(gallery, personId);
  if (person === null) return [];
  return config.doors.map((door) => {
    const { allowed, reason, decidedBy, steps } = explain(policyOf(config, door), person, systemClock.now());
    return { door: door.id, allowed, words: allowed ? "now" : `${wordsFor(reason)} (${decidedBy.says})`, steps };
  });
}

/** The visit as it would come out with this score for the threshold, whatever the number of people and a calibration say. */
function redecidedAt(config: Config, door: DoorConfig, score: number): (entry: AuditEntry) => ReplayedVisit | null {
  const fixed = { configuredMin: score, base: 0, slopePerDecade: 0 };
  const policy = { ...policyOf(config, door), thresholds: { local: fixed, verifik: fixed } };
  return ({ record }) => {
    // Records of older versions are there all the same, whatever the type says.
    const { situation } = record as Partial<typeof record>;
    return situation === undefined ? null : redecide(policy, { ...situation, calibrated: null }).verdict;
  };
}

export async function consoleDoors(
  config: Config,
  parts: {
    readonly lowest: number | null;
    readonly search: FaceSearch;
    readonly finder: Pick<FaceFinder, "modelId">;
    readonly calibrations: Records["calibrations"];
    readonly isLive: (camera: string) => boolean;
  },
): Promise<ConsoleDoor[]> {
  const rule = localThresholdOf(config, parts.lowest);
  return Promise.all(
    config.doors.map(async (door) => {
      const { id, camera, collection, remote } = door;
      const people = parts.search.size(collection);
      const calibrated = await parts.calibrations.inForce(collection, parts.finder.modelId);
      return {
        id,
        camera,
        isLive: parts.isLive(camera),
        threshold: thresholdFor(people, rule, calibrated),
        automatic: thresholdFor(people, { ...rule, configuredMin: null }, calibrated),
        minScore: config.search.minScore,
        remote,
        redecideAt: (score) => redecidedAt(config, door, score),
      };
    }),
  );
}

export async function camerasOnNetwork(config: Config, signal: AbortSignal): Promise<CameraOnNetwork[]> {
  const { cameras } = await discover(config, { seconds: SEARCH_SECONDS, signal, onFound: () => {} });
  return cameras.map(({ problem, ...camera }) => ({ ...camera, problem: problem?.message ?? null }));
}

/** Checks one camera of the configuration of the moment, as `limen doctor` does; null = there is no such camera. */
export function cameraChecker(
  config: () => Config,
  parts: { readonly finder: OpenFaceFinder; readonly binary: FfmpegBinary; readonly signal: AbortSignal },
  { logger }: Tools,
): ConsoleOptions["checkCamera"] {
  const { signal, ...look } = parts;
  return (id, seconds, onProgress) => {
    const camera = config().cameras.find((known) => known.id === id);
    if (camera === undefined) return null;
    // Decoders of other cameras run beside it: whose CPU is whose cannot be told.
    const examiner = { ...look, logger: logger.child({ checkup: id }), decodeCpuSeconds: () => null, onProgress };
    return examineCamera(config(), camera, seconds, examiner, signal).then((found) =>
      found.fault === null ? found : { fault: found.fault.message, hint: found.fault.hint ?? null },
    );
  };
}

/** The configuration file as the console changes it; `reload` makes a change take hold. */
export function configDesk(
  file: string,
  current: () => Config,
  { env, reload }: { readonly env: Readonly<Record<string, string | undefined>>; readonly reload: () => Promise<void> },
): ConfigDesk {
  /** One after the other: two at once would take each other's draft. */
  let last: Promise<unknown> = Promise.resolve();
  const then = async (change: () => Promise<void>): Promise<void> => {
    const turn = last.then(change);
    last = turn.catch(() => {});
    await turn;
    await reload();
  };
  return {
    file,
    summary: () => summariseConfig(current()),
    async problems() {
      try {
        await loadConfig(file, { env });
        return [];
      } catch (error) {
        if (error instanceof LimenError) return error.message.split("\n");
        throw error;
      }
    },
    setDoorMode: (door, mode) => then(() => writeDoorMode(file, door, mode, { env })),
    setMinScore: (minScore) => then(() => writeMinScore(file, minScore, { env })),
    addCamera: (camera) => then(() => writeCamera(file, camera, { env })),
    personAccess: (person) => readPersonAccess(file, person, { env }),
    setPersonAccess: (person, access) => then(() => writePersonAccess(file, person, access, { env })),
  };
}
