import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteGalleryAdmin } from "#adapters/sqlite/gallery-admin";
import { MemoryGallery } from "../fakes/memory-gallery";
import { galleryContract } from "./gallery.contract";

galleryContract("the fake", async () => {
  const gallery = new MemoryGallery();
  return { gallery, addFace: (id, face) => gallery.addFaces(id, [face]), async [Symbol.asyncDispose]() {} };
});

galleryContract("SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "limen-gallery-"));
  const store = await openStore(join(folder, "limen.db"));
  const admin = createSqliteGalleryAdmin(store, systemClock);
  return {
    gallery: createSqliteGallery(store, systemClock),
    addFace: (id, template) => admin.addFaces(id, [{ template, thumbnail: null }]),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
});
