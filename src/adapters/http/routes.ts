import { collectionRoutes } from "#adapters/http/collection-routes";
import { comparisonRoutes } from "#adapters/http/comparison-routes";
import { confirmationRoutes } from "#adapters/http/confirmation-routes";
import { detectionRoutes } from "#adapters/http/detection-routes";
import { enrolledFaceRoutes } from "#adapters/http/enrolled-face-routes";
import { livenessRoutes } from "#adapters/http/liveness-routes";
import { personRoutes } from "#adapters/http/person-routes";
import { projectTypeRoutes } from "#adapters/http/project-type-routes";
import type { Route } from "#adapters/http/route";
import { type RouteParts, searchRoutes } from "#adapters/http/search-routes";
import { unlockRoutes } from "#adapters/http/unlock-routes";

/** Where the contract lives. */
export const API_ROOT = "/v2/face-recognition";

/** Every line of the API; the first that fits a request answers it. */
export function apiRoutes(parts: RouteParts): readonly Route[] {
  return [
    ...searchRoutes(parts),
    ...comparisonRoutes(parts),
    ...detectionRoutes(parts),
    ...projectTypeRoutes(parts),
    ...personRoutes(parts),
    ...enrolledFaceRoutes(parts),
    ...collectionRoutes(parts),
    ...livenessRoutes(),
    ...confirmationRoutes(parts.ports.questions),
    ...unlockRoutes(parts.ports.remote),
  ];
}
