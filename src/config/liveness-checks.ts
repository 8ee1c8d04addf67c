import { error, type Finding, warning } from "#config/finding";
import type { ParsedFile } from "#config/schema";
import { policyOf } from "#config/to-config";

/** What the doors demand of a face to be a person's, and whether anybody could meet it. */
export function livenessFindings(file: ParsedFile): Finding[] {
  return [
    ...formerKeyFindings(file),
    ...Object.entries(file.doors).flatMap(([id, door]) => secondFactorFindings(id, door, file)),
    ...serverFindings(file),
  ];
}

function formerKeyFindings({ faces, policy }: ParsedFile): Finding[] {
  if (faces.liveness === undefined) return [];
  const at = ["faces", "liveness"];
  return policy.liveness === undefined
    ? [
        warning(
          at,
          `has moved: write liveness: ${faces.liveness} under policy (a door may differ), and take it away here`,
        ),
      ]
    : [error(at, "and policy.liveness are both there; it has moved to policy, take it away here")];
}

function secondFactorFindings(id: string, door: ParsedFile["doors"][string], file: ParsedFile): Finding[] {
  const { second_factor: asked } = door;
  const isRequired = policyOf(file, door.policy).liveness === "require";
  const at = ["doors", id, "second_factor"];
  if (asked === undefined) {
    const message =
      "refuses everybody whose face looks a little like a picture (liveness: require), and real faces do; second_factor lets somebody confirm them";
    return isRequired ? [warning(["doors", id], message)] : [];
  }
  const found: Finding[] = [];
  if (!asked.mqtt && !asked.http) found.push(error(at, "asks nobody: write mqtt: true, http: true, or both"));
  if (!isRequired) found.push(warning(at, "is never asked for: that takes liveness: require in this door's policy"));
  const tokens = Object.values(file.api?.tokens ?? {});
  if (asked.http && !tokens.some(({ scopes }) => scopes.includes("confirm"))) {
    found.push(error([...at, "http"], "needs the section api with a token that has the scope confirm"));
  }
  return found;
}

/** A server that knows the people it looks at, and pictures in which a face can be large enough for it; each said once. */
function serverFindings(file: ParsedFile): Finding[] {
  const asking = Object.entries(file.doors).filter(([, door]) => policyOf(file, door.policy).liveness === "cloud");
  const { engine, verifik } = file.search;
  if (engine === "local") {
    const places = asking.map(([id, { policy }]) => (policy?.liveness === "cloud" ? `doors.${id}.policy` : "policy"));
    const message =
      "needs a server to ask, which knows the people: write search.engine verifik, verifik_then_local or both_agree, and search.verifik; or write require here";
    return [...new Set(places)].map((place) => error([...place.split("."), "liveness"], message));
  }
  const leastPx = verifik?.liveness.min_face_px ?? 0;
  return [...new Set(asking.map(([, { camera }]) => camera))].flatMap((id) => {
    const size = Object.hasOwn(file.cameras, id) ? file.cameras[id]?.detect_size : undefined;
    if (size === undefined || size.height >= 2 * leastPx) return [];
    const message = `is ${size.width}x${size.height}, in which hardly anybody's face is ever ${leastPx} px high, as a door with liveness: cloud wants it (search.verifik.liveness.min_face_px): take the camera's main stream, and a detect_size at least ${2 * leastPx} px high`;
    return [warning(["cameras", id, "detect_size"], message)];
  });
}
