import type { Clock } from "#ports/clock";
import type { Enroller } from "#ports/enroller";
import type { CropFace } from "#ports/face-crop";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { GalleryAdmin } from "#ports/gallery-admin";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { PhotoDecoder } from "#ports/photo-reader";
import type { Questions } from "#ports/questions";
import type { RemoteUnlock } from "#ports/remote-doors";

/** What a token may do: look faces up, read people and collections, change them, confirm that somebody is really at a door, open doors. */
export type Scope = "search" | "read" | "write" | "confirm" | "unlock";

export interface ApiToken {
  /** What logs call its holder. */
  readonly name: string;
  /** The secret; kept only as a hash. */
  readonly token: string;
  readonly scopes: readonly Scope[];
}

/** The ports the API's answers come from. */
export interface ApiPorts {
  readonly search: FaceSearch;
  readonly finder: FaceFinder;
  /** With limits for uploads: about 6 MiB and 12 megapixels a picture. */
  readonly reader: PhotoDecoder;
  readonly admin: GalleryAdmin;
  /** The one way faces come into the gallery. */
  readonly enroller: Enroller;
  /** Makes the thumbnail of an enrolled face. */
  readonly crop: CropFace;
  /** Cuts the photo that is kept of an enrolled face; without it none is. */
  readonly photoOf?: CropFace;
  /** Second factors doors ask for; absent where there are no doors. */
  readonly questions?: Questions;
  /** Opening doors from afar; absent where there are none. */
  readonly remote?: RemoteUnlock;
}

export interface ApiLimits {
  /** Largest request body. */
  readonly bodyBytes: number;
  /** Requests under way at once; the next one is answered 429. */
  readonly requests: number;
  /** Requests whose pictures are worked on at once; others wait their turn. */
  readonly working: number;
  /** How long one request may take. */
  readonly deadlineMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 8 * 1024 * 1024,
  requests: 16,
  working: 2,
  deadlineMs: 10_000,
};

export interface ApiOptions {
  /** At least one. */
  readonly tokens: readonly ApiToken[];
  /** Origins whose pages may call the API from a browser, as `https://host[:port]`; default none. */
  readonly allowedOrigins?: readonly string[];
  readonly parts: ApiPorts;
  readonly limits?: Partial<ApiLimits>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Limen's version, for the description of the API. */
  readonly version: string;
}
