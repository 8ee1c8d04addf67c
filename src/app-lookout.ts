import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import type { LiveRoom } from "#adapters/console/live-room";
import { encodeCrop } from "#adapters/faces/encode-crop";
import type { OpenFaceFinder } from "#adapters/faces/finder";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { openSource } from "#app-cameras";
import type { OpenEngines } from "#app-engines";
import type { Records } from "#app-offline";
import { rulesOf, type Tools } from "#app-parts";
import { stepUpOf } from "#app-questions";
import type { Standings } from "#app-standing";
import type { CameraConfig, Config, DoorConfig } from "#config/config";
import type { DoorMode, DoorPolicy } from "#core/policy";
import { type CameraEye, createCameraEye } from "#flow/camera-eye";
import { type CameraLife, runCameraLoop } from "#flow/camera-loop";
import { createActuator } from "#flow/carry-out";
import { createCueTaker } from "#flow/cue-taker";
import { createDoorDesk, type DoorDesk } from "#flow/door-desk";
import type { DoorLeaf } from "#flow/door-leaf";
import { rememberNewest } from "#flow/newest-picture";
import type { QuestionDesk } from "#flow/questions";
import { createWhereabouts } from "#flow/whereabouts";
import type { ClosingStack } from "#lifecycle";
import type { Announcer } from "#ports/announcer";
import type { DoorController } from "#ports/door-controller";
import type { Frame, FrameSource } from "#ports/frame-source";
import type { LiveVideo } from "#ports/live-video";

/** A door with everything that belongs to it. */
export interface OpenedDoor {
  readonly door: DoorConfig;
  readonly controller: DoorController;
  readonly leaf: DoorLeaf;
  /** Both of the moment. */
  readonly mode: () => DoorMode;
  readonly policy: () => DoorPolicy;
}

export interface OpenedCamera {
  readonly camera: CameraConfig;
  readonly source: FrameSource & { newest(): Frame | null };
  readonly live: LiveVideo | null;
  readonly eye: CameraEye;
}

export interface LookoutParts {
  readonly doors: readonly OpenedDoor[];
  readonly records: Pick<Records, "gallery" | "audit" | "calibrations">;
  readonly finder: OpenFaceFinder;
  readonly engines: OpenEngines;
  readonly standings: Standings;
  readonly announcer: Announcer;
  readonly questions: QuestionDesk;
  readonly board: LiveRoom["board"];
  readonly binary: FfmpegBinary;
  /** Where a camera's loop shows that it works. */
  readonly lifeOf: (camera: string) => CameraLife;
}

/** Opens the cameras and what watches them for each door; `run` looks until the signal aborts. */
export function openLookout(
  config: Config,
  parts: LookoutParts,
  given: Tools,
  closing: ClosingStack,
): { readonly cameras: readonly OpenedCamera[]; run(signal: AbortSignal): Promise<unknown> } {
  const tools = { ...given, clock: systemClock };
  const { doors, records, finder, engines, standings, announcer, questions, board, binary } = parts;
  const { gallery, audit, calibrations } = records;
  const directory = createOnvifDirectory({ clock: systemClock });
  const whereabouts = createWhereabouts();

  const cameras = config.cameras.map((camera): OpenedCamera => {
    const source = closing.own(openSource(camera, { directory, binary, tap: config.http !== null }, tools));
    const eye = createCameraEye({ camera: camera.id, ...tools });
    return { camera, live: source.live, source: rememberNewest(source), eye };
  });
  const deskOf = ({ door, controller, leaf, policy }: OpenedDoor, { camera, source, eye }: OpenedCamera): DoorDesk => {
    const actuator = createActuator({ door: door.id, controller, leaf, audit, announcer, board, ...tools });
    closing.defer(() => actuator.settled());
    return createDoorDesk(rulesOf(config, camera, finder), {
      policy,
      roster: config.search.verifik?.roster ?? "gallery",
      engines: engines.forDoors,
      gallery,
      standing: standings.of(door.id),
      actuator,
      cameraHealthy: () => source.health().state === "streaming" && !eye.isDisarmed(),
      calibration: () => calibrations.inForce(door.collection, finder.modelId),
      ...{ whereabouts, questions, secondFactor: stepUpOf(door) },
      cropOf: encodeCrop,
      newId: newUlid,
      ...tools,
    });
  };

  const loopOf = (opened: OpenedCamera, signal: AbortSignal): Promise<void> => {
    const { camera, source, eye } = opened;
    const { id, maxFrameAgeMs, looksPerSecond } = camera;
    const desks = doors.filter(({ door }) => door.camera === id).map((door) => deskOf(door, opened));
    const cues = createCueTaker();
    const { closeUp } = finder;
    const looking = { maxFrameAgeMs, lookIntervalMs: 1000 / looksPerSecond };
    return runCameraLoop(
      { camera: id, source, finder, closeUp, desks, eye, cues, ...looking, board, life: parts.lifeOf(id), ...tools },
      signal,
    );
  };
  return { cameras, run: (signal) => Promise.all(cameras.map((opened) => loopOf(opened, signal))) };
}
