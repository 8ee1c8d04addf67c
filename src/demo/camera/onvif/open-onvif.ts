import { randomUUID } from "node:crypto";
import type { CameraAccount } from "#demo/camera/account";
import { type CameraProfile, type OnvifState, scopesOf } from "#demo/camera/onvif/camera";
import { DEVICE_PATH } from "#demo/camera/onvif/device";
import type { DiscoveryResponder } from "#demo/camera/onvif/discovery-responder";
import { openOnvifServer } from "#demo/camera/onvif/onvif-server";
import { createClosingStack } from "#lifecycle";

export interface OnvifOptions {
  /** 0 = any free port. */
  readonly port?: number;
  /** How callers prove their password: a token in the message (as cameras do by default), or HTTP Digest. */
  readonly auth?: "wsse" | "digest";
  readonly name?: string;
  readonly make?: string;
  readonly model?: string;
  /** `urn:uuid:…`; a new one unless given. */
  readonly endpoint?: string;
  /** Those of a usual camera unless given: `main` and `sub`, of which only `sub` tells the truth about the demo's clip. */
  readonly profiles?: readonly CameraProfile[];
  /** A JPEG for the snapshot address; without one the camera has no snapshots. */
  readonly snapshot?: Uint8Array;
  /** Announces the camera; without it, it must be known by address. */
  readonly discovery?: DiscoveryResponder;
}

/** Where a camera's ONVIF is to be had. */
export interface OnvifPlace {
  /** Address of the device service. */
  readonly url: string;
  readonly port: number;
  /** `urn:uuid:…` */
  readonly endpoint: string;
}

interface OnvifParts {
  readonly host: string;
  readonly profiles: readonly CameraProfile[];
  readonly rtspPort: number;
  readonly account: CameraAccount;
  readonly state: OnvifState;
}

export function usualProfiles(fps: number): CameraProfile[] {
  const common = { fps, encoding: "H264" } as const;
  return [
    { token: "main", name: "main", path: "/main", width: 1920, height: 1080, ...common },
    { token: "sub", name: "sub", path: "/sub", width: 640, height: 360, ...common },
  ];
}

/** Opens the ONVIF side of a simulated camera and, when asked to, announces it; closing says Bye first. */
export async function openOnvif(options: OnvifOptions, parts: OnvifParts): Promise<OnvifPlace & AsyncDisposable> {
  const { name = "Simulated camera", make = "Limen", model = "Simulated camera", discovery, snapshot = null } = options;
  const { host, profiles, rtspPort, account, state } = parts;
  const endpoint = options.endpoint ?? `urn:uuid:${randomUUID()}`;
  const scopes = scopesOf(name, model);
  const closing = createClosingStack(() => {});
  try {
    const server = closing.own(
      await openOnvifServer({
        host,
        port: options.port ?? 0,
        camera: { endpoint, make, model, scopes, profiles, snapshot, rtspPort, account, auth: options.auth ?? "wsse" },
        state,
      }),
    );
    const addressAt = (address: string): string => `http://${address}:${server.port}${DEVICE_PATH}`;
    const isEverywhere = host === "0.0.0.0" || host === "::";
    const bound = host.includes(":") ? `[${host}]` : host;
    const addressFor = (own: string): string => addressAt(isEverywhere ? own : bound);
    if (discovery !== undefined) closing.own(await discovery.add({ endpoint, scopes, addressFor }));
    return {
      url: addressFor("127.0.0.1"),
      port: server.port,
      endpoint,
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}
