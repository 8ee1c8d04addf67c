import { type DeviceAddress, shortAddress, writtenAddress } from "#adapters/onvif/device-address";
import { type DeviceClient, openDevice } from "#adapters/onvif/device-client";
import { noMedia, notThere } from "#adapters/onvif/device-fault";
import { createLockout } from "#adapters/onvif/lockout";
import type { OwnAddress } from "#adapters/onvif/network-interfaces";
import { searchNetworks } from "#adapters/onvif/network-search";
import type { ProbeMatch } from "#adapters/onvif/probe-match";
import { snapshotUrlAt, streamUrlAt } from "#adapters/onvif/stream-uri";
import { bareId, isEndpoint } from "#core/endpoint";
import { chooseStream } from "#core/stream-choice";
import { LimenError } from "#errors";
import type { AdoptedCamera, CameraDirectory, FoundCamera, ResolvedCamera } from "#ports/camera-directory";
import type { Clock } from "#ports/clock";

export interface OnvifDirectoryOptions {
  readonly clock: Clock;
  /** For one question to a device; default 5 s. */
  readonly timeoutMs?: number;
  /** How long a device is looked for by its endpoint id; default 4 s. */
  readonly locateMs?: number;
  /** For tests: whom to ask instead of the multicast group, and from where. */
  readonly target?: { readonly host: string; readonly port: number };
  readonly from?: readonly OwnAddress[];
}

/** More cameras than a household has; who invents more is not asked further. */
const MOST_DEVICES = 64;
/** A recorder announces each of its channels; more from one host is noise. */
const MOST_PER_HOST = 8;

/** Cameras by ONVIF: found by WS-Discovery, resolved by asking them. Opens nothing until it is used. */
export function createOnvifDirectory(options: OnvifDirectoryOptions): CameraDirectory {
  const { clock, timeoutMs = 5_000, locateMs = 4_000 } = options;
  const lockout = createLockout(() => clock.monotonicMs());
  /** Where devices were last seen, by bare endpoint id; only ever asked without credentials before they say who they are. */
  const lastSeen = new Map<string, string>();
  const network = {
    clock,
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.from === undefined ? {} : { from: options.from }),
  };

  /** The addresses of the device with this id: whoever carries it first. Throws LIMEN_CAMERA_UNREACHABLE. */
  async function locate(camera: string, endpoint: string, signal: AbortSignal): Promise<readonly DeviceAddress[]> {
    const wanted = bareId(endpoint);
    const seen = new AbortController();
    const stop = AbortSignal.any([signal, seen.signal]);
    let found: ProbeMatch | null = null;
    const before = lastSeen.get(wanted);
    const search = { ...network, forMs: locateMs, ...(before === undefined ? {} : { alsoAsk: before }) };
    await searchNetworks(
      search,
      (match) => {
        if (found !== null || bareId(match.endpoint) !== wanted) return;
        found = match;
        seen.abort();
      },
      stop,
    );
    signal.throwIfAborted();
    const match: ProbeMatch | null = found;
    if (match === null) throw notThere(camera);
    return addressesOf(match);
  }

  function addressesOf(match: ProbeMatch): readonly DeviceAddress[] {
    const [first] = match.addresses;
    if (first !== undefined) lastSeen.set(bareId(match.endpoint), first.host);
    return match.addresses;
  }

  return {
    async find({ seconds, signal, onFound }) {
      const asked = new Map<string, Promise<FoundCamera>>();
      const perHost = new Map<string, number>();
      const end = await searchNetworks(
        { ...network, forMs: seconds * 1000 },
        (match) => {
          const [address] = match.addresses;
          if (address === undefined || asked.has(match.endpoint) || asked.size >= MOST_DEVICES) return;
          const already = perHost.get(address.host) ?? 0;
          if (already >= MOST_PER_HOST) return;
          perHost.set(address.host, already + 1);
          const camera = introduce(match, { clock, timeoutMs, signal });
          asked.set(match.endpoint, camera);
          camera.then(onFound, () => undefined);
        },
        signal,
      );
      const cameras = await Promise.all(asked.values());
      signal.throwIfAborted();
      return { ...end, cameras };
    },

    async resolve(camera, signal) {
      const { id, onvif, username, password } = camera;
      const key = JSON.stringify([onvif, username, password]);
      const before = lockout.remembered(id, key);
      if (before !== null) throw before;
      const credentials = username === undefined || password === undefined ? null : { username, password };
      const byEndpoint = isEndpoint(onvif);
      const addresses = byEndpoint ? await locate(id, onvif, signal) : [writtenAddress(onvif)];
      try {
        const found = await firstThatAnswers(addresses, async (address) => {
          using device = openDevice({ camera: id, address, credentials, clock, timeoutMs, signal });
          return await interview(camera, address, device);
        });
        lockout.succeeded(id);
        return { ...found, endpoint: byEndpoint ? onvif : null };
      } catch (error) {
        if (error instanceof LimenError) lockout.failed(id, key, error);
        throw error;
      }
    },
  };
}

/** A device says who it is as far as it tells strangers. Never rejects but for the signal. */
async function introduce(match: ProbeMatch, tools: StrangerTools): Promise<FoundCamera> {
  const [first] = match.addresses;
  const said: FoundCamera = {
    endpoint: match.endpoint,
    address: first === undefined ? "" : shortAddress(first),
    name: match.name,
    make: "",
    model: match.hardware,
    reach: "silent",
    clockSkewMs: null,
  };
  try {
    return await firstThatAnswers(match.addresses, (address) => askAsStranger(said, address, tools));
  } catch (error) {
    tools.signal.throwIfAborted();
    if (error instanceof LimenError) return said;
    throw error;
  }
}

interface StrangerTools {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Throws when nothing answers there that is a camera. */
async function askAsStranger(said: FoundCamera, address: DeviceAddress, tools: StrangerTools): Promise<FoundCamera> {
  using device = openDevice({ camera: said.address, address, credentials: null, ...tools });
  const there = { ...said, address: shortAddress(address) };
  let clockSkewMs: number | null = null;
  let refused = false;
  try {
    clockSkewMs = await device.clockSkewMs();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    refused = true;
  }
  try {
    const { make, model } = await device.information();
    return { ...there, make, model: model === "" ? said.model : model, clockSkewMs, reach: "found" };
  } catch (error) {
    refused ||= isRefusal(error);
    return { ...there, clockSkewMs, reach: refused ? "needs_password" : "found" };
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof LimenError && ["LIMEN_CAMERA_AUTH", "LIMEN_CAMERA_LOCKED"].includes(error.code);
}

/** A device may name several addresses; what it says at one of them about login or streams is final. */
async function firstThatAnswers<T>(
  addresses: readonly DeviceAddress[],
  ask: (address: DeviceAddress) => Promise<T>,
): Promise<T> {
  for (const [index, address] of addresses.entries()) {
    try {
      return await ask(address);
    } catch (error) {
      const elsewhere =
        error instanceof LimenError && ["LIMEN_CAMERA_UNREACHABLE", "LIMEN_CAMERA_NOT_ONVIF"].includes(error.code);
      if (!elsewhere || index === addresses.length - 1) throw error;
    }
  }
  throw new LimenError("LIMEN_INTERNAL", "A device without an address was asked.");
}

async function interview(
  { id, detectWidth, username, password }: AdoptedCamera,
  address: DeviceAddress,
  device: DeviceClient,
): Promise<Omit<ResolvedCamera, "endpoint">> {
  const clockSkewMs = await device.clockSkewMs();
  // The first question that needs the password: when it is refused, no other follows.
  const { make, model } = await device.information();
  const profiles = await device.profiles();
  const profile = chooseStream(profiles, detectWidth);
  if (profile === null) throw noMedia(id, "offers no H.264, H.265 or MPEG-4 stream");
  const url = streamUrlAt(address.host, await device.streamUri(profile.token));
  if (url === null) throw noMedia(id, "names a stream address that is not rtsp:// or rtsps://");
  return {
    stream: {
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
    profile,
    profiles,
    make,
    model,
    address: shortAddress(address),
    snapshotUrl: await snapshotOf(device, profile.token, address),
    clockSkewMs,
  };
}

/** Null for cameras that have none: a picture less to show is no fault. */
async function snapshotOf(device: DeviceClient, token: string, { host }: DeviceAddress): Promise<string | null> {
  try {
    return snapshotUrlAt(host, await device.snapshotUri(token));
  } catch (error) {
    if (error instanceof LimenError) return null;
    throw error;
  }
}
