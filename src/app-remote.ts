import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import type { MqttConnection } from "#adapters/mqtt/connection";
import { openMqttRemote } from "#adapters/mqtt/remote";
import { openMqttSiteControl } from "#adapters/mqtt/remote-site";
import type { Tools } from "#app-parts";
import type { Standings } from "#app-standing";
import type { Config, DoorConfig } from "#config/config";
import { createRemoteUnlock, type RemoteDoor } from "#flow/remote-unlock";
import type { Announcer } from "#ports/announcer";
import type { AuditLog } from "#ports/audit-log";
import type { RemoteUnlock } from "#ports/remote-doors";
import type { SiteControl } from "#ports/site-control";

export interface OpenRemote extends RemoteUnlock, Disposable {
  /** Lets this door be opened and changed from afar as its configuration allows, until it is disposed of. */
  door(door: DoorConfig, parts: Omit<RemoteDoor, "rules">): Disposable;
}

/** Opening and changing doors from afar, joined to MQTT. */
export function openRemote(
  config: Config,
  parts: Tools & {
    readonly standings: Standings;
    readonly audit: AuditLog;
    readonly announcer: Announcer;
    readonly connection: MqttConnection;
    readonly signal: AbortSignal;
    readonly control: SiteControl;
  },
): OpenRemote {
  const { standings, connection, signal, logger, metrics, audit, announcer } = parts;
  const clock = systemClock;
  const doors = new Map<string, RemoteDoor>();
  const { isClockTrusted, modes } = standings;
  const told = { audit, announcer, logger, metrics };
  const remote = createRemoteUnlock({ doors, isClockTrusted, newId: newUlid, clock, ...told });
  const keys = new Map(config.remote.keys.map(({ id, key }) => [id, key.reveal()] as const));
  const { prefix } = config.mqtt;
  const overMqtt = openMqttRemote({ connection, prefix, keys, remote, modes, clock, metrics, signal });
  const overSite = openMqttSiteControl({
    connection,
    prefix,
    ofSite: config.remote.control,
    control: parts.control,
    metrics,
  });
  return {
    ...remote,
    door({ id, remote: rules }, reached) {
      doors.set(id, { rules, ...reached });
      const hearing = [overMqtt.door(id), ...(rules.control ? [overSite.tests(id)] : [])];
      return {
        [Symbol.dispose]() {
          doors.delete(id);
          for (const heard of hearing) heard[Symbol.dispose]();
        },
      };
    },
    [Symbol.dispose]() {
      overSite[Symbol.dispose]();
      overMqtt[Symbol.dispose]();
    },
  };
}
