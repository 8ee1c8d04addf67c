import { systemClock } from "#adapters/clock/system-clock";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { adoptedCamera } from "#app-cameras";
import type { CameraConfig, Config } from "#config/config";
import { bareId, isEndpoint } from "#core/endpoint";
import type { StreamProfile } from "#core/stream-choice";
import { codeOf, LimenError, messageOf } from "#errors";
import type { CameraDirectory, FoundCamera, ResolvedCamera } from "#ports/camera-directory";

/** A camera on the network or in the configuration, and how far it can be used. */
export interface DiscoveredCamera {
  /** Its name in the configuration; null = it is not there. */
  readonly camera: string | null;
  /** `urn:uuid:…`; null for a camera of the configuration that did not answer the search. */
  readonly endpoint: string | null;
  /** `host` or `host:port`. */
  readonly address: string;
  readonly name: string;
  readonly make: string;
  readonly model: string;
  readonly reach: "silent" | "found" | "needs_password" | "ready";
  /** Why a camera of the configuration is not ready. */
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
  readonly clockSkewMs: number | null;
  readonly streams: readonly (Omit<StreamProfile, "token"> & { readonly chosen: boolean })[];
}

export interface Discovery {
  readonly cameras: readonly DiscoveredCamera[];
  readonly searched: readonly string[];
  readonly refused: number;
}

export interface DiscoverOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onFound: (camera: FoundCamera) => void;
  /** For tests. */
  readonly directory?: CameraDirectory;
}

/**
 * Searches the networks, then asks those cameras for their streams that the configuration names by `onvif:`, with the credentials
 * it has for them. Everybody else is asked only what a stranger may ask.
 */
export async function discover(config: Config | null, options: DiscoverOptions): Promise<Discovery> {
  const directory = options.directory ?? createOnvifDirectory({ clock: systemClock });
  const { cameras: found, searched, refused } = await directory.find(options);
  const configured = config?.cameras ?? [];
  const resolved = new Map<string, ResolvedCamera | LimenError>();
  await Promise.all(
    configured.map(async (camera) => {
      const adopted = adoptedCamera(camera);
      if (adopted === null) return;
      resolved.set(camera.id, await outcomeOf(directory.resolve(adopted, options.signal), options.signal));
    }),
  );
  const rows = found.map((device) => {
    const camera = configured.find((one) => isSame(one, device)) ?? null;
    return rowOf(device, camera, camera === null ? undefined : resolved.get(camera.id));
  });
  const notFound = configured.filter(
    (camera) => camera.onvif !== null && !found.some((device) => isSame(camera, device)),
  );
  return {
    cameras: [...rows, ...notFound.map((camera) => rowOf(null, camera, resolved.get(camera.id)))],
    searched,
    refused,
  };
}

async function outcomeOf(work: Promise<ResolvedCamera>, signal: AbortSignal): Promise<ResolvedCamera | LimenError> {
  try {
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LimenError) return error;
    throw error;
  }
}

/** By endpoint id, by address, or by the host of a stream address. */
function isSame({ onvif, rtsp }: CameraConfig, { endpoint, address }: FoundCamera): boolean {
  if (onvif === null) return rtsp !== null && new URL(rtsp).hostname === address.replace(/:\d+$/, "");
  return isEndpoint(onvif) ? bareId(onvif) === bareId(endpoint) : onvif.replace(/:80$/, "") === address;
}

function rowOf(
  found: FoundCamera | null,
  camera: CameraConfig | null,
  outcome: ResolvedCamera | LimenError | undefined,
): DiscoveredCamera {
  const refusal = outcome instanceof Error ? outcome : null;
  const ready = outcome === undefined || outcome instanceof Error ? null : outcome;
  return {
    camera: camera?.id ?? null,
    endpoint: found?.endpoint ?? ready?.endpoint ?? null,
    address: found?.address ?? ready?.address ?? camera?.onvif ?? "",
    name: found?.name ?? "",
    make: ready?.make ?? found?.make ?? "",
    model: ready?.model ?? found?.model ?? "",
    reach: ready === null ? reachOf(found, refusal) : "ready",
    problem:
      refusal === null ? null : { code: codeOf(refusal), message: messageOf(refusal), hint: refusal.hint ?? null },
    clockSkewMs: ready?.clockSkewMs ?? found?.clockSkewMs ?? null,
    streams: (ready?.profiles ?? []).map(({ token, ...stream }) => ({
      ...stream,
      chosen: token === ready?.profile.token,
    })),
  };
}

function reachOf(found: FoundCamera | null, refusal: LimenError | null): DiscoveredCamera["reach"] {
  if (refusal?.code === "LIMEN_CAMERA_AUTH") return "needs_password";
  return found?.reach ?? (refusal?.code === "LIMEN_CAMERA_UNREACHABLE" ? "silent" : "found");
}
