/** Pictures made one after the other without a pause are old ones; at 25 a second live ones come 40 ms apart. */
const LIVE_GAP_MS = 20;
/** A converter that is always busy is still better shown than not. */
const LONGEST_BURST_MS = 4000;

/**
 * Says when video has caught up with the present. The converter is first fed the last seconds of the stream, which it needs to
 * start at once; those pictures come out in one burst and are not for viewers.
 */
export function createBurstGate(): (atMs: number) => boolean {
  let firstAtMs: number | null = null;
  let lastAtMs = 0;
  let open = false;
  return (atMs) => {
    if (open) return true;
    open = firstAtMs !== null && (atMs - lastAtMs >= LIVE_GAP_MS || atMs - firstAtMs >= LONGEST_BURST_MS);
    firstAtMs ??= atMs;
    lastAtMs = atMs;
    return open;
  };
}
