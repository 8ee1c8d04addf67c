import { systemClock } from "#adapters/clock/system-clock";
import { encodeCrop } from "#adapters/faces/encode-crop";
import { createPhotoReader } from "#adapters/faces/photo-reader";
import type { HttpServer } from "#adapters/http/listen";
import { openHttpServer } from "#adapters/http/server";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { openConfiguredFinder, openRecords, photoKeeper } from "#app-offline";
import { openLocalSearch, type Tools } from "#app-parts";
import type { ApiConfig, Config } from "#config/config";
import { codeOf, LimenError, messageOf } from "#errors";
import { createEnroller } from "#flow/enroller";
import { type ClosingStack, createClosingStack, withinDeadline } from "#lifecycle";
import type { CropFace } from "#ports/face-crop";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";
import type { GalleryAdmin } from "#ports/gallery-admin";
import type { Logger } from "#ports/logger";
import type { Questions } from "#ports/questions";
import type { RemoteUnlock } from "#ports/remote-doors";
import { VERSION } from "#version";

/** Largest upload the API decodes; photographs a person enrols from by hand may be larger. */
const UPLOAD_LIMITS = { maxBytes: 6 * 1024 * 1024, maxPixels: 12_000_000 };
/** Enough to see who it is in a list. */
const THUMBNAIL = { maxSide: 160, quality: 80 };
const STOP_DEADLINE_MS = 10_000;

/** The parts of a running Limen that the API answers from. */
interface ServedParts {
  readonly search: FaceSearch;
  readonly finder: FaceFinder;
  readonly gallery: Gallery;
  readonly admin: GalleryAdmin;
  /** Cuts the photo that is kept of an enrolled face. */
  readonly photoOf: CropFace | undefined;
  /** Second factors its doors ask for. */
  readonly questions?: Questions;
  /** Opens its doors from afar. */
  readonly remote?: RemoteUnlock;
}

/** The search API over the parts of a running Limen. Throws LIMEN_API_*. */
export function openApi(
  api: ApiConfig,
  { gallery, photoOf, ...parts }: ServedParts,
  tools: Tools,
): Promise<HttpServer> {
  return openHttpServer({
    listen: api.listen,
    tokens: api.tokens.map(({ name, token, scopes }) => ({ name, token: token.reveal(), scopes })),
    allowedOrigins: api.allowedOrigins,
    parts: {
      ...parts,
      ...(photoOf && { photoOf }),
      enroller: createEnroller({ ...parts, gallery }),
      reader: createPhotoReader(UPLOAD_LIMITS),
      crop: (picture, box) => encodeCrop(picture, box, THUMBNAIL),
    },
    clock: systemClock,
    version: VERSION,
    ...tools,
  });
}

/** The search API alone, without cameras or doors, until the signal aborts. Throws LIMEN_CONFIG_INVALID when the config has none. */
export async function serve(
  config: Config,
  context: { env: Readonly<Record<string, string | undefined>>; logger: Logger; signal: AbortSignal },
): Promise<void> {
  const { env, logger, signal } = context;
  const closing = createClosingStack((error) =>
    logger.error({ code: codeOf(error) }, `while stopping: ${messageOf(error)}`),
  );
  try {
    await openAll(config, { env, logger }, closing);
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  } finally {
    await withinDeadline(closing[Symbol.asyncDispose](), STOP_DEADLINE_MS, systemClock);
  }
}

async function openAll(
  config: Config,
  { env, logger }: { env: Readonly<Record<string, string | undefined>>; logger: Logger },
  closing: ClosingStack,
): Promise<void> {
  if (config.api === null) {
    throw new LimenError("LIMEN_CONFIG_INVALID", "the configuration has no section `api`", {
      hint: "add api with at least one token; config/limen.example.yaml shows how",
    });
  }
  const tools = { logger, metrics: createMemoryMetrics() };
  const { gallery, admin } = closing.own(await openRecords(config));
  const finder = closing.own(await openConfiguredFinder(config, env, { for: "photos" }));
  const search = closing.own(await openLocalSearch(gallery, finder, tools));
  closing.own(await openApi(config.api, { search, finder, gallery, admin, photoOf: photoKeeper(config) }, tools));
}
