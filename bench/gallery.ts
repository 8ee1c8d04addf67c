import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { modelIdOf, readModelManifest } from "#adapters/faces/manifest";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { SHIPPED_MANIFEST } from "#paths";

/** A unit vector in a random direction. */
export function randomUnit(dimension: number): Float32Array {
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const values = Float32Array.from({ length: dimension }, gauss);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Enrols so many made-up people of one random face each into the database of a data folder. */
export async function fillGallery(dataDir: string, people: number): Promise<void> {
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  await using store = await openStore(join(dataDir, "limen.db"));
  // Only while filling: what is made up may be lost.
  store.connection.pragma("synchronous = OFF");
  const gallery = createSqliteGallery(store, systemClock);
  for (let i = 0; i < people; i++) {
    const face = { modelId: modelIdOf(manifest), values: randomUnit(manifest.embed.dim), norm: 3.6 };
    await gallery.addPerson({ name: `Person ${i}`, collections: ["staff"], faces: [face] });
  }
}
