import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import type { MqttConnection } from "#adapters/mqtt/connection";
import { openMqttRemote } from "#adapters/mqtt/remote";
import { openMqttSiteControl } from "#adapters/mqtt/remote-site";
import type { Tools } from "#app-parts";
import type { Standings } from "#app-standing";
import type { Config, DoorConfig } from "#config/config";
import type { DoorPolicy } from "#core/policy";
import { createRemoteUnlock } from "#flow/remote-unlock";
import type { Announcer } from "#ports/announcer";
import type { AuditLog } from "#ports/audit-log";
import type { DoorController } from "#ports/door-controller";
import type { RemoteUnlock } from "#ports/remote-doors";
import type { SiteControl } from "#ports/site-control";

/** Opening and changing doors from afar, joined to MQTT. */
export function openRemote(
  config: Config,
  parts: Tools & {
    readonly doors: readonly {
      readonly door: DoorConfig;
      readonly controller: DoorController;
      readonly policy: () => DoorPolicy;
    }[];
    readonly standings: Standings;
    readonly audit: AuditLog;
    readonly announcer: Announcer;
    readonly connection: MqttConnection;
    readonly signal: AbortSignal;
    readonly control: SiteControl;
  },
): RemoteUnlock & Disposable {
  const { standings, connection, signal, logger, metrics, audit, announcer } = parts;
  const clock = systemClock;
  const doors = new Map(
    parts.doors.map(({ door: { id, remote: rules }, controller, policy }) => {
      return [id, { rules, policy, controller, standing: standings.of(id) }] as const;
    }),
  );
  const { isClockTrusted, modes } = standings;
  const told = { audit, announcer, logger, metrics };
  const remote = createRemoteUnlock({ doors, isClockTrusted, newId: newUlid, clock, ...told });
  const keys = new Map(config.remote.keys.map(({ id, key }) => [id, key.reveal()] as const));
  const ids = config.doors.map(({ id }) => id);
  const { prefix } = config.mqtt;
  const overMqtt = openMqttRemote({ connection, prefix, doors: ids, keys, remote, modes, clock, metrics, signal });
  const overSite = openMqttSiteControl({
    connection,
    prefix,
    ofSite: config.remote.control,
    doors: parts.doors.flatMap(({ door }) => (door.remote.control ? [door.id] : [])),
    control: parts.control,
    metrics,
  });
  return {
    ...remote,
    [Symbol.dispose]() {
      overSite[Symbol.dispose]();
      overMqtt[Symbol.dispose]();
    },
  };
}
