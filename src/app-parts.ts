import { readFile, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { systemClock } from "#adapters/clock/system-clock";
import { statusWill } from "#adapters/mqtt/announcer";
import { type MqttConnection, openMqttConnection } from "#adapters/mqtt/connection";
import { createOutageLog, type OutageLog } from "#adapters/mqtt/outage-log";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { createCloudSearch } from "#adapters/verifik/cloud-search";
import { createLivenessCheck } from "#adapters/verifik/liveness-check";
import { openSearchClient } from "#adapters/verifik/search-client";
import type { CameraConfig, Config, DoorConfig, NetworkConfig } from "#config/config";
import type { PassbackPolicy } from "#core/passback";
import type { DoorPolicy } from "#core/policy";
import { DEFAULT_THRESHOLD, type ThresholdRule } from "#core/threshold";
import { LOCAL_SEARCH_BUDGET, NETWORK_SEARCH_BUDGET } from "#core/throttle";
import { openSearchEngine } from "#engine/search-engine";
import { codeOf, LimenError, messageOf } from "#errors";
import type { DoorRules } from "#flow/door-desk";
import { createLoadProgress } from "#flow/load-progress";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";
import type { LivenessCheck } from "#ports/liveness-check";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import { VERSION } from "#version";

/** From the config's words to each adapter's own options: the place where config types end. */

/** Memory is what a scan waits for; two threads ask for all of it. */
const MOST_SEARCH_THREADS = 2;
const CLIENT_HEADSTART_MS = 100;
/** As many as searches are made at once, and as many again: looks at live faces that hang must not hold them up. */
const CLIENT_CONNECTIONS = 8;

export interface Tools {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** `lowest`: the floor of the moment, where it is another than the configuration's. */
export function localThresholdOf({ search }: Config, lowest: number | null = search.minScore): ThresholdRule {
  return { ...DEFAULT_THRESHOLD, configuredMin: lowest };
}

/** Another engine's scores are its own: only the operator's number holds for them. */
function networkThreshold({ verifik }: Config["search"]): ThresholdRule {
  return { configuredMin: verifik?.minScore ?? 1, base: 0, slopePerDecade: 0 };
}

/** All that the config says of one door's decisions; `lowest` as in localThresholdOf. */
export function policyOf(config: Config, door: DoorConfig, lowest?: number | null): DoorPolicy {
  const { liveness, lockOut, antiPassback: _, antiPassbackResetMs: __, ...rules } = door.policy;
  return {
    door: door.id,
    collection: door.collection,
    mode: door.mode,
    access: door.access,
    engine: config.search.engine,
    rules,
    lockOut,
    passback: passbackOf(door),
    interlockedWith: config.interlocks
      .filter((group) => group.includes(door.id))
      .flatMap((group) => group.filter((other) => other !== door.id)),
    liveness: { mode: liveness, askWithinMs: askWithinMsOf(config, door) },
    thresholds: {
      local: localThresholdOf(config, lowest),
      verifik: networkThreshold(config.search),
    },
  };
}

/** The server of a door that asks one has a time of its own. */
function askWithinMsOf({ search }: Config, { policy, secondFactor }: DoorConfig): number | null {
  return (policy.liveness === "cloud" ? search.verifik?.liveness.withinMs : secondFactor?.withinMs) ?? null;
}

/** Where a door leads, and what follows from that. */
export function passbackOf({ enters, leaves, policy }: DoorConfig): PassbackPolicy {
  return { mode: policy.antiPassback, resetMs: policy.antiPassbackResetMs, enters, leaves };
}

export function rulesOf(config: Config, camera: CameraConfig, finder: FaceFinder): DoorRules {
  const { minFacePx, maxYaw, borderlineYaw, minSharpness } = config.faces;
  const isLocal = config.search.engine === "local";
  return {
    camera: camera.id,
    quality: {
      ...{ minFacePx, maxYaw, minSharpness, minNorm: finder.minNorm, zone: camera.zone },
      // How the scores of an engine on the network rise and fall with a face is not known, and each call costs.
      borderline: isLocal ? { maxYaw: borderlineYaw, minNorm: finder.borderlineNorm } : null,
    },
    searchMode: config.search.mode,
    budget: isLocal ? LOCAL_SEARCH_BUDGET : NETWORK_SEARCH_BUDGET,
    searchFloor: 0,
    shots: isLocal ? 1 : 3,
  };
}

async function readPem(name: "ca" | "cert" | "key", file: string | null): Promise<Readonly<Record<string, string>>> {
  if (file === null) return {};
  try {
    if (name === "key" && ((await stat(file)).mode & 0o077) !== 0)
      throw new Error("other accounts may read it (chmod 600)");
    return { [name]: await readFile(file, "utf8") };
  } catch (cause) {
    throw new LimenError("LIMEN_CONFIG_UNREADABLE", `mqtt.${name} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** The two connections to the config's broker: commands never share one with the news. */
export interface BrokerConnections {
  readonly telemetry: MqttConnection;
  readonly control: MqttConnection;
}

/** `commandTopics` may grow while they are open. `heard` also hears of every attempt: it gets the log of outages and gives back the one to use. */
export async function connectBroker(
  config: Config,
  instance: string,
  logger: Logger,
  commandTopics: ReadonlySet<string>,
  heard: (outages: OutageLog) => OutageLog,
): Promise<BrokerConnections> {
  const { url, username, password, ca, cert, key, prefix } = config.mqtt;
  const tls = { ...(await readPem("ca", ca)), ...(await readPem("cert", cert)), ...(await readPem("key", key)) };
  const shared = {
    commandTopics,
    url,
    clock: systemClock,
    logger,
    outage: heard(createOutageLog(systemClock, logger.child({ broker: new URL(url).host }))),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password: password.reveal() }),
    tls,
  };
  const clientId = `limen-${instance}`;
  return {
    telemetry: await openMqttConnection({
      ...shared,
      name: "telemetry",
      clientId: `${clientId}-telemetry`,
      will: statusWill(prefix),
    }),
    control: await openMqttConnection({ ...shared, name: "control", clientId: `${clientId}-control` }),
  };
}

export interface OpenSearch extends FaceSearch, AsyncDisposable {
  /** Faces in memory here. */
  readonly faces: number;
  /** Memory they take. */
  memoryBytes(): number;
}

/**
 * The engine in this process, over this computer's gallery. Small galleries are scanned where they are asked; what would hold the
 * event loop up for more than 2 ms goes to a thread.
 */
export function openLocalSearch(gallery: Gallery, finder: FaceFinder, { logger }: Tools): Promise<OpenSearch> {
  return openSearchEngine({
    gallery,
    modelId: finder.modelId,
    samePersonCosine: finder.samePersonCosine,
    startThread: startWasmThread,
    threads: Math.min(MOST_SEARCH_THREADS, availableParallelism()),
    clock: systemClock,
    onProgress: createLoadProgress(systemClock.monotonicMs, ({ done, all, elapsedMs }) =>
      logger.info({ done, all, elapsedMs }, done === all ? "the gallery is loaded" : "loading the gallery"),
    ),
    onFault: (error) =>
      logger.error({ code: codeOf(error) }, `the gallery could not be read anew: ${messageOf(error)}`),
  });
}

export interface NetworkSearch extends FaceSearch, AsyncDisposable {
  /** True while a search would fail at once, because the server is left alone. */
  isResting(): boolean;
  /** The same server, asked whether a face is a live one. */
  readonly liveness: LivenessCheck;
}

/** A server of the search contract on the network; `admit` is asked before each request. */
export async function openNetworkSearch(
  { url, token, deadlineMs, liveness }: NetworkConfig,
  mode: Config["search"]["mode"],
  admit: () => Promise<void>,
  tools: Tools,
): Promise<NetworkSearch> {
  const client = await openSearchClient({
    url,
    token: () => token.reveal(),
    admit,
    // A little before the lane gives up, so that the client can say what happened.
    timeoutMs: Math.max(deadlineMs - CLIENT_HEADSTART_MS, deadlineMs / 2),
    // So that there is time for a second question where the first stays without an answer.
    liveTimeoutMs: liveness.withinMs / 2,
    maxConnections: CLIENT_CONNECTIONS,
    clock: systemClock,
    random: Math.random,
    userAgent: `limen/${VERSION}`,
    ...tools,
  });
  // The contract has no way to ask how many people an engine holds.
  const cloud = createCloudSearch(client, { people: () => 0 });
  const check = createLivenessCheck(client, { livenessMinScore: liveness.minScore, mode });
  return {
    ...cloud,
    liveness: check,
    isResting: client.isResting,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
