import { resolve } from "node:path";
import type {
  ApiConfig,
  CameraConfig,
  Config,
  ContactConfig,
  DoorConfig,
  HttpConfig,
  PolicyConfig,
  SearchConfig,
} from "#config/config";
import { contactWords, type ParsedContact } from "#config/contact-section";
import type { ParsedFile } from "#config/schema";
import type { Secret } from "#config/secret";
import { accessOf } from "#config/to-access";
import { controllerOf } from "#config/to-controller";

const LOCAL_DEADLINE_MS = 400;
export const NETWORK_DEADLINE_MS = 2000;

/** What the file alone cannot know. */
export interface Surroundings {
  /** Folder of the configuration file; relative paths begin here. */
  readonly folder: string;
  readonly systemTimeZone: string;
  /** The secret at this place of the file, looked up. Only asked where the file has one. */
  secretAt(path: string): Secret;
  /** The decoded key of who signs requests under this name. */
  remoteKeyOf(name: string): Secret<Uint8Array>;
  /** The decoded key of this door's controller. */
  doorKeyOf(door: string): Secret<Uint8Array>;
}

type ParsedCamera = ParsedFile["cameras"][string];
type ParsedDoor = ParsedFile["doors"][string];

/** The one place where the file's snake_case becomes the program's camelCase. */
export function toConfig(file: ParsedFile, around: Surroundings): Config {
  const absolute = (path: string | undefined) => (path === undefined ? null : resolve(around.folder, path));
  const { site, search, faces, mqtt, home_assistant: home } = file;
  return {
    site: {
      name: site.name,
      timeZone: site.time_zone ?? around.systemTimeZone,
      dataDir: resolve(around.folder, site.data_dir),
    },
    cameras: Object.entries(file.cameras).map(([id, camera]) => cameraOf(id, camera, around)),
    doors: Object.entries(file.doors).map(([id, door]) => doorOf(id, door, file, around)),
    interlocks: file.interlocks ?? [],
    policy: policyOf(file, undefined),
    search: {
      engine: search.engine,
      verifik: networkOf(search, around),
      minScore: search.min_score === "auto" ? null : search.min_score,
      mode: search.mode,
      deadlineMs: (search.engine === "verifik" ? undefined : search.deadline) ?? LOCAL_DEADLINE_MS,
    },
    faces: {
      models: absolute(faces.models),
      modelsDir: absolute(faces.models_dir),
      minFacePx: faces.min_face_px,
      maxYaw: faces.max_yaw,
      borderlineYaw: faces.borderline_yaw,
      minSharpness: faces.min_sharpness,
      keepPhotos: faces.keep_photos,
    },
    mqtt: {
      url: mqtt.url,
      username: mqtt.username ?? null,
      password: mqtt.password === undefined ? null : around.secretAt("mqtt.password"),
      prefix: mqtt.prefix,
      ca: absolute(mqtt.ca),
      cert: absolute(mqtt.cert),
      key: absolute(mqtt.key),
    },
    homeAssistant: {
      discovery: home.discovery,
      prefix: home.prefix,
      names: home.names,
      snapshots: home.snapshots,
      frigate: home.frigate,
      doubleTake: home.double_take,
    },
    remote: {
      keys: Object.keys(file.remote?.keys ?? {}).map((id) => ({ id, key: around.remoteKeyOf(id) })),
      control: file.remote?.control ?? false,
    },
    http: file.http === undefined ? null : httpOf(file.http, around),
    api: file.api === undefined ? null : apiOf(file.api, around),
    log: { level: file.log.level },
  };
}

function cameraOf(id: string, camera: ParsedCamera, around: Surroundings): CameraConfig {
  return {
    id,
    onvif: camera.onvif ?? null,
    rtsp: camera.rtsp ?? null,
    username: camera.username ?? null,
    password: camera.password === undefined ? null : around.secretAt(`cameras.${id}.password`),
    detectSize: camera.detect_size,
    looksPerSecond: camera.looks_per_second,
    decoder: camera.decoder,
    zone: (camera.zone ?? []).map(([x, y]) => ({ x, y })),
    maxFrameAgeMs: camera.max_frame_age,
  };
}

function networkOf(search: ParsedFile["search"], around: Surroundings): SearchConfig["verifik"] {
  const { engine, verifik } = search;
  if (engine === "local" || verifik === undefined) return null;
  const { caps, liveness } = verifik;
  return {
    url: verifik.url,
    roster: verifik.roster,
    token: around.secretAt("search.verifik.token"),
    // Without a score, which the checks refuse, nobody passes.
    minScore: networkScoreOf(search) ?? 1,
    deadlineMs: verifik.deadline ?? (engine === "verifik" ? search.deadline : undefined) ?? NETWORK_DEADLINE_MS,
    fallbackAfterMs: verifik.fallback_after,
    rememberRefusalsMs: verifik.remember_refusals,
    liveness: { minScore: liveness.min_score, minFacePx: liveness.min_face_px, withinMs: liveness.within },
    caps: { minute: caps?.per_minute ?? null, day: caps?.per_day ?? null, month: caps?.per_month ?? null },
  };
}

/** What somebody has chosen for the server's scale; with the server alone, the one score there is. Null = nothing. */
export function networkScoreOf({ engine, min_score, verifik }: ParsedFile["search"]): number | null {
  return verifik?.min_score ?? (engine === "verifik" && min_score !== "auto" ? min_score : null);
}

function apiOf(api: NonNullable<ParsedFile["api"]>, around: Surroundings): ApiConfig {
  return {
    listen: listenOf(api.listen),
    tokens: Object.entries(api.tokens).map(([name, { scopes }]) => ({
      name,
      scopes,
      token: around.secretAt(`api.tokens.${name}.token`),
    })),
    allowedOrigins: api.allowed_origins ?? [],
  };
}

function httpOf(http: NonNullable<ParsedFile["http"]>, around: Surroundings): HttpConfig {
  return {
    listen: listenOf(http.listen),
    password: http.password === undefined ? null : around.secretAt("http.password"),
    trustedHosts: http.trusted_hosts ?? [],
    behindTlsProxy: http.behind_tls_proxy,
    metricsToken: http.metrics_token === undefined ? null : around.secretAt("http.metrics_token"),
  };
}

function listenOf(address: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function doorOf(id: string, door: ParsedDoor, file: ParsedFile, around: Surroundings): DoorConfig {
  const { controller, second_factor: asked } = door;
  return {
    id,
    camera: door.camera,
    collection: door.collection,
    controller: controllerOf(id, controller, around),
    contact: door.contact === undefined ? null : contactOf(door.contact),
    leaf: { heldOpenAfterMs: door.held_open_after, forcedAlarm: door.forced_alarm },
    enters: door.enters ?? null,
    leaves: door.leaves ?? null,
    mode: door.mode,
    policy: policyOf(file, door.policy),
    access: accessOf(file, door, file.site.time_zone ?? around.systemTimeZone),
    secondFactor: asked === undefined ? null : { mqtt: asked.mqtt, http: asked.http, withinMs: asked.within },
    remote: door.remote ?? { unlock: false, unsigned: false, control: false },
  };
}

function contactOf(contact: ParsedContact): ContactConfig {
  const { open, shut } = contactWords(contact);
  const { topic, key = null, availability = null } = contact;
  // Without its opposite, which the checks refuse, no word says shut.
  return { topic, key, open, shut: shut ?? "", availability };
}

/** The site's policy, and what one door does differently. */
export function policyOf(
  { policy: site, faces }: Pick<ParsedFile, "policy" | "faces">,
  door: ParsedDoor["policy"],
): PolicyConfig {
  return {
    agree: door?.agree ?? site.agree,
    of: door?.of ?? site.of,
    windowMs: door?.window ?? site.window,
    margin: door?.margin ?? site.margin,
    borderlineExtra: door?.borderline_extra ?? site.borderline_extra,
    patienceMs: door?.patience ?? site.patience,
    maxDecisionAgeMs: door?.max_decision_age ?? site.max_decision_age,
    lockOut: {
      refusals: door?.lock_out?.refusals ?? site.lock_out.refusals,
      withinMs: door?.lock_out?.within ?? site.lock_out.within,
      firstMs: door?.lock_out?.first ?? site.lock_out.first,
      longestMs: door?.lock_out?.longest ?? site.lock_out.longest,
    },
    antiPassback: door?.anti_passback ?? site.anti_passback,
    antiPassbackResetMs: door?.anti_passback_reset ?? site.anti_passback_reset,
    intent: door?.intent ?? site.intent,
    company: door?.company ?? site.company,
    liveness: door?.liveness ?? site.liveness ?? faces.liveness ?? "monitor",
  };
}
