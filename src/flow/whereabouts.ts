/** Sightings of one person at two cameras this close together in time, ms: nobody walks that fast. */
const AT_ONCE_MS = 1000;
/** People remembered; older sightings mean nothing anyway. */
const REMEMBERED = 256;

/** Who was recognised where just now, over all cameras. */
export interface Whereabouts {
  /** Notes the person at this camera, and names another camera that saw them at the same moment; null = none did. */
  seen(personId: string, camera: string, atMs: number): string | null;
}

export function createWhereabouts(): Whereabouts {
  const sightings = new Map<string, readonly { readonly camera: string; readonly atMs: number }[]>();
  return {
    seen(personId, camera, atMs) {
      const elsewhere = (sightings.get(personId) ?? []).filter(
        (other) => other.camera !== camera && Math.abs(other.atMs - atMs) <= AT_ONCE_MS,
      );
      sightings.delete(personId);
      sightings.set(personId, [...elsewhere, { camera, atMs }]);
      const [oldest] = sightings.keys();
      if (sightings.size > REMEMBERED && oldest !== undefined) sightings.delete(oldest);
      return elsewhere[0]?.camera ?? null;
    },
  };
}
