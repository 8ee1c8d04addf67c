import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import type { LiveRoom } from "#adapters/console/live-room";
import { encodeCrop } from "#adapters/faces/encode-crop";
import type { OpenFaceFinder } from "#adapters/faces/finder";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { openLiveView } from "#adapters/live/live-view";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { openSource } from "#app-cameras";
import type { OpenEngines } from "#app-engines";
import type { Records } from "#app-offline";
import { rulesOf, type Tools } from "#app-parts";
import { stepUpOf } from "#app-questions";
import type { CameraConfig, Config, DoorConfig } from "#config/config";
import type { DoorMode, DoorPolicy } from "#core/policy";
import { type CameraEye, createCameraEye } from "#flow/camera-eye";
import { type CameraLife, runCameraLoop } from "#flow/camera-loop";
import { createActuator } from "#flow/carry-out";
import { createCueTaker } from "#flow/cue-taker";
import { createDoorDesk, type DoorDesk } from "#flow/door-desk";
import type { DoorLeaf } from "#flow/door-leaf";
import { createDoorSeat, type DoorSeat } from "#flow/door-seat";
import type { DoorStanding } from "#flow/door-standing";
import { createLiveQuestions, type LiveQuestions } from "#flow/live-questions";
import { rememberNewest } from "#flow/newest-picture";
import type { QuestionDesk } from "#flow/questions";
import { createWhereabouts } from "#flow/whereabouts";
import type { ClosingStack, Loops } from "#lifecycle";
import type { Announcer } from "#ports/announcer";
import type { DoorController } from "#ports/door-controller";
import type { Frame, FrameSource } from "#ports/frame-source";
import type { LiveView } from "#ports/live-view";

/** A door with everything that belongs to it. */
export interface OpenedDoor {
  readonly door: DoorConfig;
  readonly controller: DoorController;
  readonly leaf: DoorLeaf;
  readonly standing: DoorStanding;
  /** Both of the moment. */
  readonly mode: () => DoorMode;
  readonly policy: () => DoorPolicy;
}

export interface OpenedCamera {
  readonly camera: CameraConfig;
  readonly source: FrameSource & { newest(): Frame | null };
  /** Null: its stream cannot be watched, only its single pictures. */
  readonly view: LiveView | null;
  readonly eye: CameraEye;
}

export interface LookoutParts {
  readonly records: Pick<Records, "gallery" | "audit" | "calibrations">;
  readonly finder: OpenFaceFinder;
  readonly engines: OpenEngines;
  readonly announcer: Announcer;
  readonly questions: QuestionDesk;
  readonly board: LiveRoom["board"];
  readonly binary: FfmpegBinary;
  /** Where a camera's loop shows that it works. */
  readonly lifeOf: (camera: string) => CameraLife & Disposable;
  readonly loops: Loops;
  readonly signal: AbortSignal;
}

/** What joins cameras to doors: opens a camera and looks through it, and seats a door at one. */
export interface Lookout {
  /** Looks until `closing` closes or the signal aborts; `desks` are of the moment. Throws LIMEN_CONFIG_INVALID. */
  look(camera: CameraConfig, desks: () => readonly DoorDesk[], closing: ClosingStack): OpenedCamera;
  seat(door: OpenedDoor, camera: OpenedCamera): DoorSeat;
}

export function createLookout(config: Config, parts: LookoutParts, given: Tools): Lookout {
  const tools = { ...given, clock: systemClock };
  const { records, finder, engines, announcer, board, binary, loops } = parts;
  const { gallery, audit, calibrations } = records;
  const directory = createOnvifDirectory({ clock: systemClock });
  const whereabouts = createWhereabouts();

  /** Of a door that asks a service instead of people; null = it asks none. */
  const liveOf = ({ door, policy }: OpenedDoor): LiveQuestions | null => {
    const rules = config.search.verifik?.liveness;
    if (door.policy.liveness !== "cloud" || rules === undefined || engines.liveness === null) return null;
    const minScore = (): number => policy().thresholds.verifik.configuredMin ?? 1;
    const { id, collection } = door;
    return createLiveQuestions({
      ...{ door: id, collection, minScore, rules, check: engines.liveness, cropOf: encodeCrop },
      ...tools,
    });
  };

  return {
    look(camera, desks, closing) {
      const { id, maxFrameAgeMs, looksPerSecond } = camera;
      const source = closing.own(openSource(camera, { directory, binary, tap: config.http !== null }, tools));
      const { live: video } = source;
      const view = video && closing.own(openLiveView({ camera: id, video, ffmpeg: binary.path, ...tools }));
      const eye = createCameraEye({ camera: id, ...tools });
      const opened = { camera, source: rememberNewest(source), view, eye };
      const life = parts.lifeOf(id);
      closing.defer(() => life[Symbol.dispose]());
      const stop = new AbortController();
      const { closeUp } = finder;
      const looking = { maxFrameAgeMs, lookIntervalMs: 1000 / looksPerSecond, closeUp, cues: createCueTaker() };
      const loop = runCameraLoop(
        { camera: id, source: opened.source, finder, desks, eye, ...looking, board, life, ...tools },
        AbortSignal.any([parts.signal, stop.signal]),
      );
      loops.add(loop);
      closing.defer(async () => {
        stop.abort();
        // Whoever watches the loops has heard of a fault.
        await loop.catch(() => {});
      });
      return opened;
    },

    seat(opened, { camera, source, eye }) {
      const { door, controller, leaf, standing, policy } = opened;
      const live = liveOf(opened);
      const actuator = createActuator({ door: door.id, controller, leaf, audit, announcer, board, ...tools });
      const deskParts = {
        policy,
        roster: config.search.verifik?.roster ?? "gallery",
        engines: engines.forDoors,
        gallery,
        standing,
        actuator,
        cameraHealthy: () => source.health().state === "streaming" && !eye.isDisarmed(),
        calibration: () => calibrations.inForce(door.collection, finder.modelId),
        ...{ whereabouts, secondFactor: stepUpOf(door), live },
        cropOf: encodeCrop,
        newId: newUlid,
        ...tools,
      } as const;
      return createDoorSeat({
        make: (questions) => createDoorDesk(rulesOf(config, camera, finder), { ...deskParts, questions }),
        questions: parts.questions,
        unask: () => live?.end(),
        settled: actuator.settled,
      });
    },
  };
}
