import { systemClock } from "#adapters/clock/system-clock";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { bareId } from "#core/endpoint";

export interface FindOptions {
  /** `urn:uuid:…` of the camera that is looked for. */
  readonly endpoint: string;
  /** IPv4 address of this machine whose network alone is searched. */
  readonly onAddress: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Looks for one camera with Limen's own search and gives back `host:port` of its ONVIF service; null when it did not answer in time,
 * or when this machine's interface takes no part in multicast.
 */
export async function findCamera({ endpoint, onAddress, timeoutMs, signal }: FindOptions): Promise<string | null> {
  signal?.throwIfAborted();
  const done = new AbortController();
  const directory = createOnvifDirectory({
    clock: systemClock,
    from: [{ name: "searched", address: onAddress, netmask: "255.255.255.255" }],
  });
  let found: string | null = null;
  const search = directory.find({
    seconds: timeoutMs / 1000,
    signal: signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]),
    onFound(camera) {
      if (bareId(camera.endpoint) !== bareId(endpoint)) return;
      found = camera.address;
      done.abort();
    },
  });
  await search.catch((error: unknown) => {
    if (!done.signal.aborted) throw error;
  });
  return found;
}
