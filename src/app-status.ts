import type { OpenEngines } from "#app-engines";
import type { OpenedCamera, OpenedDoor } from "#app-lookout";
import type { BrokerConnections } from "#app-parts";
import type { Standings } from "#app-standing";
import type { Watch } from "#app-watch";
import type { Config } from "#config/config";
import { isoOf } from "#core/instant";
import { problemsOf, warningsOf } from "#core/readiness";
import type { Status } from "#ports/status-board";
import { VERSION } from "#version";

export interface StatusParts extends BrokerConnections {
  readonly config: Config;
  readonly cameras: readonly OpenedCamera[];
  readonly doors: readonly OpenedDoor[];
  readonly engines: OpenEngines;
  readonly standings: Standings;
  readonly watch: Pick<Watch, "problems">;
  readonly startedAt: string;
  /** What is wrong with the configuration file that lies there now; null = nothing. */
  readonly fileFault: () => string | null;
}

/** How the daemon is at this moment. */
export function statusOf(parts: StatusParts): Status {
  const { config, control, telemetry, engines, standings, fileFault } = parts;
  const states = {
    broker: control.isOnline() && telemetry.isOnline() ? ("online" as const) : ("offline" as const),
    cameras: Object.fromEntries(
      parts.cameras.map(({ camera, source, eye }) => {
        const { state, code, restarts } = source.health();
        const sight = eye.sight();
        return [camera.id, { state, code, restarts, sight: sight.state, sightSince: isoOf(sight.since) }];
      }),
    ),
    doors: Object.fromEntries(
      parts.doors.map(({ door: { id, policy }, controller, leaf, mode }) => {
        const { lock, contact, alarm } = leaf.state();
        return [id, { mode: mode(), liveness: policy.liveness, ...controller.health(), lock, contact, alarm }];
      }),
    ),
  };
  const { local } = engines;
  const people = local?.size(null) ?? null;
  const network = engines.network();
  const isNeeded = config.search.engine !== "verifik_then_local";
  const asked = network && { network: { ...network, isNeeded } };
  const fault = fileFault();
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: parts.startedAt,
    ...states,
    gallery: {
      people: people ?? 0,
      faces: local?.faces ?? 0,
      memoryMb: Math.round((local?.memoryBytes() ?? 0) / 2 ** 20),
    },
    ...(network && { network }),
    problems: problemsOf({ ...states, ...standings.problems(), ...parts.watch.problems(), people, ...asked }),
    warnings: [...warningsOf(states.doors), ...(fault === null ? [] : [fault])],
  };
}
