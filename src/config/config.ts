import type { ControllerConfig } from "#config/controller-config";
import type { Secret } from "#config/secret";
import type { AccessPolicy } from "#core/access";
import type { DecisionRules } from "#core/decision-rules";
import type { LeafRule } from "#core/door-state";
import type { EngineChoice } from "#core/engine-choice";
import type { Point } from "#core/geometry";
import type { LivenessMode } from "#core/liveness";
import type { LockOutRule } from "#core/lock-out";
import type { PassbackPolicy } from "#core/passback";
import type { DoorMode } from "#core/policy";
import type { SpendCaps } from "#core/spend";

/** A configuration that has passed every check: defaults filled in, paths absolute, secrets looked up. */
export interface Config {
  readonly site: SiteConfig;
  /** In the order of the file; at least one. */
  readonly cameras: readonly CameraConfig[];
  /** In the order of the file; at least one. */
  readonly doors: readonly DoorConfig[];
  /** Groups of ids of doors that exist, two or more each. */
  readonly interlocks: readonly (readonly string[])[];
  /** What holds for every door that does not differ; each door's `policy` is already merged with it. */
  readonly policy: PolicyConfig;
  readonly search: SearchConfig;
  readonly faces: FacesConfig;
  readonly mqtt: MqttConfig;
  readonly homeAssistant: HomeAssistantConfig;
  readonly remote: RemoteConfig;
  /** Null = no API. */
  readonly api: ApiConfig | null;
  /** Null = no console. */
  readonly http: HttpConfig | null;
  readonly log: LogConfig;
}

export interface SiteConfig {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Absolute. */
  readonly dataDir: string;
}

export interface CameraConfig {
  readonly id: string;
  /** `host`, `host:port` or `urn:uuid:…` of a camera that is asked for its stream. Null = it has an rtsp address. */
  readonly onvif: string | null;
  /**
   * rtsp:// or rtsps:// without credentials. Some cameras want a password in the rest of it, so it is not for printing. Null = it
   * is asked by ONVIF.
   */
  readonly rtsp: string | null;
  /** Both or neither. */
  readonly username: string | null;
  readonly password: Secret | null;
  readonly detectSize: { readonly width: number; readonly height: number };
  readonly looksPerSecond: number;
  /** Hardware that does not work gives way to software. */
  readonly decoder: "software" | "auto" | "vaapi" | "v4l2m2m";
  /** Corners in fractions of the picture; empty = everywhere. */
  readonly zone: readonly Point[];
  readonly maxFrameAgeMs: number;
}

export interface DoorConfig {
  readonly id: string;
  /** Id of a camera that exists. */
  readonly camera: string;
  readonly collection: string;
  readonly controller: ControllerConfig;
  /** A contact besides the controller; null = at most its own. */
  readonly contact: ContactConfig | null;
  readonly leaf: LeafRule;
  /** Area that who passes this door is inside then, and area they are no longer in; null = none. */
  readonly enters: string | null;
  readonly leaves: string | null;
  readonly mode: DoorMode;
  /** The site's policy with this door's differences. */
  readonly policy: PolicyConfig;
  /** Who may pass here, and when. */
  readonly access: AccessPolicy;
  /** Who confirms a doubtful face; null = nobody, and it is refused. */
  readonly secondFactor: SecondFactorConfig | null;
  readonly remote: DoorRemoteConfig;
}

/** What may be done to a door from afar, besides locking it down. */
export interface DoorRemoteConfig {
  readonly unlock: boolean;
  /** Also by messages that prove nothing. */
  readonly unsigned: boolean;
  readonly control: boolean;
}

export interface RemoteConfig {
  /** Who may sign requests; the decoded bytes, at least 32. */
  readonly keys: readonly { readonly id: string; readonly key: Secret<Uint8Array> }[];
  /** The threshold and a restart. */
  readonly control: boolean;
}

export interface ContactConfig {
  readonly topic: string;
  /** Null = the message is the word itself. */
  readonly key: string | null;
  readonly open: string;
  readonly shut: string;
  /** Null = nowhere. */
  readonly availability: string | null;
}

export interface SecondFactorConfig {
  /** At least one of the two. */
  readonly mqtt: boolean;
  readonly http: boolean;
  readonly withinMs: number;
}

export interface PolicyConfig extends DecisionRules {
  readonly lockOut: LockOutRule;
  readonly antiPassback: PassbackPolicy["mode"];
  readonly antiPassbackResetMs: number;
  readonly liveness: LivenessMode;
}

export interface SearchConfig {
  readonly engine: EngineChoice;
  /** Null with engine: local. */
  readonly verifik: NetworkConfig | null;
  /** API score of the search on this computer; null = automatic. */
  readonly minScore: number | null;
  readonly mode: "FAST" | "ACCURATE";
  /** Of the search on this computer. */
  readonly deadlineMs: number;
}

/** A server of the search contract. */
export interface NetworkConfig {
  readonly url: string;
  readonly token: Secret;
  readonly roster: "gallery" | "engine";
  /** Its own score. */
  readonly minScore: number;
  readonly deadlineMs: number;
  readonly fallbackAfterMs: number;
  readonly rememberRefusalsMs: number;
  readonly liveness: ServerLivenessConfig;
  /** Null = no limit. */
  readonly caps: SpendCaps;
}

/** How it is asked whether a face is a live one. */
export interface ServerLivenessConfig {
  /** Its own score, to be exceeded. */
  readonly minScore: number;
  readonly minFacePx: number;
  readonly withinMs: number;
}

export interface FacesConfig {
  /** Absolute path of the model manifest; null = the one that comes with Limen. */
  readonly models: string | null;
  /** Absolute; null = the cache folder. */
  readonly modelsDir: string | null;
  readonly minFacePx: number;
  readonly maxYaw: number;
  readonly borderlineYaw: number;
  readonly minSharpness: number;
  /** Keep a photo of each face that is enrolled, for making templates anew. */
  readonly keepPhotos: boolean;
}

export interface MqttConfig {
  readonly url: string;
  readonly username: string | null;
  readonly password: Secret | null;
  readonly prefix: string;
  /** Absolute path of a PEM file; null = the usual authorities. */
  readonly ca: string | null;
  /** Absolute paths of PEM files: Limen's own certificate and its private key. Both or neither. */
  readonly cert: string | null;
  readonly key: string | null;
}

export interface HomeAssistantConfig {
  readonly discovery: boolean;
  /** Of Home Assistant's own topics. */
  readonly prefix: string;
  /** Names of people may be published. */
  readonly names: boolean;
  readonly snapshots: "never" | "refused" | "always";
  /** Also in the words of these two. */
  readonly frigate: boolean;
  readonly doubleTake: boolean;
}

export interface ApiConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tokens: readonly {
    readonly name: string;
    readonly token: Secret;
    readonly scopes: readonly ("search" | "read" | "write" | "confirm" | "unlock")[];
  }[];
  readonly allowedOrigins: readonly string[];
}

export interface HttpConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** Null = it is set in the console. */
  readonly password: Secret | null;
  /** Host names, some with a port, besides this computer's own. */
  readonly trustedHosts: readonly string[];
  readonly behindTlsProxy: boolean;
  /** For health and metrics; null = this computer only. */
  readonly metricsToken: Secret | null;
}

export interface LogConfig {
  readonly level: "debug" | "info" | "warn" | "error";
}
