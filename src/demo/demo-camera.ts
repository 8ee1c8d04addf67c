import { randomUUID } from "node:crypto";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { loadClip } from "#demo/camera/load-clip";
import { type DiscoveryResponder, openDiscoveryResponder } from "#demo/camera/onvif/discovery-responder";
import { openSimulatedCamera, type SentPicture, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { renderSnapshot } from "#demo/clip/snapshot";
import { findCamera } from "#demo/find-camera";
import type { DemoCamera } from "#demo/site";
import { LimenError } from "#errors";
import { createClosingStack } from "#lifecycle";

export interface DemoCameraOptions {
  readonly ffmpeg: FfmpegBinary;
  readonly clipFile: string;
  readonly fps: number;
  /** The clip starts over for ever instead of ending. */
  readonly loop: boolean;
  readonly onFrame: (sent: SentPicture) => void;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface StageCamera extends AsyncDisposable {
  readonly camera: SimulatedCamera;
  /** What whoever looked for it knows of it now. */
  readonly found: DemoCamera;
}

/** The password has characters that break careless URLs, on purpose. */
const ACCOUNT = { username: "limen", password: "p@ss:w/rd#1?" };
const LOOPBACK = "127.0.0.1";
const SEARCH_MS = 3000;

/**
 * Opens the demo's camera and finds it the way every camera is found: by a search of the network, here of this machine's loopback,
 * which nobody else hears. Where the machine allows no such search, the camera's address is taken as given, and the printed line
 * says which it was.
 */
export async function openDemoCamera(options: DemoCameraOptions): Promise<StageCamera> {
  const { ffmpeg, clipFile, fps, loop, onFrame, print, signal } = options;
  const closing = createClosingStack(() => {});
  try {
    const clip = await loadClip(clipFile, signal);
    const snapshot = await renderSnapshot({ ffmpeg, clipFile, signal });
    const discovery = await discoveryIfPossible(signal);
    if (discovery !== null) closing.own(discovery);
    const endpoint = `urn:uuid:${randomUUID()}`;
    const onvif = { endpoint, snapshot, name: "Demo door", ...(discovery === null ? {} : { discovery }) };
    const camera = closing.own(
      await openSimulatedCamera({ ...ACCOUNT, clip, fps, loop, startPaused: true, onFrame, onvif, signal }),
    );
    const found =
      discovery === null ? null : await findCamera({ endpoint, onAddress: LOOPBACK, timeoutMs: SEARCH_MS, signal });
    const host = found ?? new URL(camera.onvif?.url ?? camera.url).host;
    print(
      found === null
        ? `  this machine allows no search of the network: the camera is taken by its address, ${host}`
        : `  the camera was found by a search of the network (WS-Discovery): ${host}`,
    );
    return {
      camera,
      found: {
        ...ACCOUNT,
        url: camera.url,
        onvif: host,
      },
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function discoveryIfPossible(signal: AbortSignal): Promise<DiscoveryResponder | null> {
  try {
    return await openDiscoveryResponder({ onAddresses: [LOOPBACK], signal });
  } catch (error) {
    if (error instanceof LimenError) return null; // no multicast, or a port that somebody keeps for themselves
    throw error;
  }
}
