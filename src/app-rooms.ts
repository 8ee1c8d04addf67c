import type { MqttConnection } from "#adapters/mqtt/connection";
import { openDoor } from "#app-doors";
import { openLeaf } from "#app-leaves";
import type { Lookout, OpenedCamera, OpenedDoor } from "#app-lookout";
import { policyOf, type Tools } from "#app-parts";
import type { OpenQuestions } from "#app-questions";
import type { OpenRemote } from "#app-remote";
import type { Standings } from "#app-standing";
import type { CameraConfig, Config, DoorConfig } from "#config/config";
import type { DoorPolicy } from "#core/policy";
import { codeOf, messageOf } from "#errors";
import type { DoorSeat } from "#flow/door-seat";
import { guardedDoor, modeUntil } from "#flow/guarded-door";
import { createPartSet, type Loops } from "#lifecycle";
import type { DoorController } from "#ports/door-controller";
import type { Touched } from "#reload";

export interface RoomParts {
  /** Of the moment. */
  readonly current: () => Config;
  /** The lowest score that opens, of the moment; null = what is worked out alone. */
  readonly lowest: () => number | null;
  readonly lookout: Lookout;
  readonly standings: Standings;
  readonly remote: OpenRemote;
  readonly questions: OpenQuestions;
  readonly commands: MqttConnection;
  /** Is told of every door's controller, and when it is gone. */
  readonly controllers: Map<string, DoorController>;
  readonly loops: Loops;
  readonly signal: AbortSignal;
}

/** The doors and the cameras, each opened and closed by itself while the others go on. */
export interface Rooms extends AsyncDisposable {
  /** Both in the order of the configuration. */
  doors(): readonly OpenedDoor[];
  cameras(): readonly OpenedCamera[];
  /**
   * Opens anew what is touched, closes what the configuration of the moment no longer has; whatever else there is goes on as it was, in
   * the middle of a visit too. Throws what opening throws: then what was touched is not there.
   */
  arrange(touched: Touched): Promise<void>;
}

/** The policy of the moment for one door, made anew only when the configuration is another; a door that is gone keeps its last. */
function livePolicy(
  { current, lowest }: Pick<RoomParts, "current" | "lowest">,
  first: DoorConfig,
): { door: () => DoorConfig; policy: () => DoorPolicy } {
  let of: { config: Config; lowest: number | null; door: DoorConfig; policy: DoorPolicy } | null = null;
  const now = () => {
    const config = current();
    const floor = lowest();
    if (of?.config === config && of.lowest === floor) return of;
    const door = config.doors.find(({ id }) => id === first.id) ?? of?.door ?? first;
    of = { config, lowest: floor, door, policy: policyOf(config, door, floor) };
    return of;
  };
  return { door: () => now().door, policy: () => now().policy };
}

export function createRooms(parts: RoomParts, tools: Tools): Rooms {
  const { current, lookout, standings, remote, questions, commands, controllers, loops, signal } = parts;
  const onFault = (error: unknown): void =>
    tools.logger.error({ code: codeOf(error) }, `while closing a part: ${messageOf(error)}`);
  const doors = createPartSet<OpenedDoor>(onFault);
  const cameras = createPartSet<OpenedCamera>(onFault);
  const seats = new Map<string, DoorSeat & { readonly camera: string }>();
  const desksAt = (camera: string) => [...seats.values()].flatMap((seat) => (seat.camera === camera ? seat.desk : []));

  const openRoom = (door: DoorConfig): Promise<OpenedDoor> =>
    doors.open(door.id, async (closing) => {
      const { id } = door;
      const opened = closing.own(await openDoor(current(), door, commands, tools));
      const live = livePolicy(parts, door);
      const { controller: watched, leaf } = closing.own(openLeaf(door, opened, commands, tools));
      const member = await standings.join({ door, live, controller: watched, leaf });
      closing.defer(() => member[Symbol.dispose]());
      const stop = new AbortController();
      const mode = modeUntil(stop.signal, () => standings.modes.mode(id));
      const policy = (): DoorPolicy => ({ ...live.policy(), mode: mode() });
      const controller = guardedDoor(watched, mode);
      const { standing } = member;
      const heard = [remote.door(door, { policy, controller, standing }), questions.door(door)];
      controllers.set(id, controller);
      const watching = member.watch(AbortSignal.any([signal, stop.signal]));
      loops.add(watching);
      closing.defer(async () => {
        stop.abort();
        controllers.delete(id);
        for (const hearing of heard) hearing[Symbol.dispose]();
        // Whoever watches the loops has heard of a fault.
        await watching.catch(() => {});
      });
      return { door, controller, leaf, standing, mode, policy };
    });
  const openCamera = (camera: CameraConfig): Promise<OpenedCamera> =>
    cameras.open(camera.id, async (closing) => lookout.look(camera, () => desksAt(camera.id), closing));

  const retire = async (isMeant: (door: string, camera: string) => boolean): Promise<void> => {
    const leaving = [...seats].filter(([door, { camera }]) => isMeant(door, camera));
    for (const [door] of leaving) seats.delete(door);
    await Promise.all(leaving.map(([, seat]) => seat.retire()));
  };

  return {
    doors: () => current().doors.flatMap(({ id }) => doors.get(id) ?? []),
    cameras: () => current().cameras.flatMap(({ id }) => cameras.get(id) ?? []),
    async arrange(touched) {
      const config = current();
      await retire((door, camera) => touched.doors.has(door) || touched.cameras.has(camera));
      await Promise.all([...[...touched.doors].map(doors.close), ...[...touched.cameras].map(cameras.close)]);
      await Promise.all(config.doors.flatMap((door) => (touched.doors.has(door.id) ? openRoom(door) : [])));
      await Promise.all(config.cameras.flatMap((camera) => (touched.cameras.has(camera.id) ? openCamera(camera) : [])));
      for (const { id, camera } of config.doors) {
        const door = doors.get(id);
        const at = cameras.get(camera);
        if (door !== undefined && at !== undefined && !seats.has(id))
          seats.set(id, { ...lookout.seat(door, at), camera });
      }
    },
    async [Symbol.asyncDispose]() {
      await retire(() => true);
      await cameras[Symbol.asyncDispose]();
      await doors[Symbol.asyncDispose]();
    },
  };
}
