import { accessFindings } from "#config/access-checks";
import { isEncrypted, seemsToCarryPassword, staysHere } from "#config/addresses";
import { error, type Finding, warning } from "#config/finding";
import { livenessFindings } from "#config/liveness-checks";
import { remoteFindings } from "#config/remote-checks";
import type { ParsedFile } from "#config/schema";
import { standingFindings } from "#config/standing-checks";
import { NETWORK_DEADLINE_MS, networkScoreOf, policyOf } from "#config/to-config";
import { outputOf } from "#config/to-controller";
import { suggestion } from "#config/wording";
import type { DecisionRules } from "#core/decision-rules";
import { nearest } from "#core/nearest";
import { DEFAULT_THRESHOLD } from "#core/threshold";
import { LOCAL_SEARCH_BUDGET, NETWORK_SEARCH_BUDGET, type SearchBudget } from "#core/throttle";

/** Every contradiction in a file whose keys are valid one by one. */
export function crossChecks(file: ParsedFile): Finding[] {
  return [
    ...cameraFindings(file),
    ...policyFindings(file),
    ...doorFindings(file),
    ...accessFindings(file),
    ...standingFindings(file),
    ...livenessFindings(file),
    ...remoteFindings(file),
    ...mqttFindings(file),
    ...searchFindings(file),
    ...httpFindings(file),
  ];
}

function cameraFindings({ cameras, doors, faces }: ParsedFile): Finding[] {
  const watched = new Set(Object.values(doors).map((door) => door.camera));
  return Object.entries(cameras).flatMap(([id, camera]) => {
    const at = ["cameras", id];
    const found: Finding[] = [];
    if ((camera.username === undefined) !== (camera.password === undefined)) {
      found.push(error(at, "username and password go together; one of them is missing"));
    }
    if (camera.rtsp === undefined && camera.onvif === undefined) {
      found.push(error(at, "needs its address: `onvif:` (where it is) or `rtsp:` (its stream address)"));
    }
    if (camera.rtsp !== undefined && camera.onvif !== undefined) {
      found.push(error([...at, "onvif"], "and rtsp are both there; one of them is the address, take the other away"));
    }
    if (camera.rtsp !== undefined && seemsToCarryPassword(camera.rtsp)) {
      found.push(warning([...at, "rtsp"], "seems to carry a password; let nobody else read this file (chmod 600)"));
    }
    if (faces.min_face_px > camera.detect_size.height) {
      found.push(
        error(
          [...at, "detect_size"],
          `is lower than faces.min_face_px (${faces.min_face_px}), so no face would ever count`,
        ),
      );
    }
    if (!watched.has(id)) found.push(warning(at, "is not used by any door"));
    return found;
  });
}

function policyFindings(file: ParsedFile): Finding[] {
  const everywhere = contradiction(policyOf(file, undefined));
  if (everywhere !== null) return [error(["policy", everywhere.key], everywhere.message)];
  return Object.entries(file.doors).flatMap(([id, door]) => {
    const here = contradiction(policyOf(file, door.policy));
    return here === null ? [] : [error(["doors", id, "policy", here.key], here.message)];
  });
}

function contradiction(rules: DecisionRules): { key: string; message: string } | null {
  return rules.agree > rules.of
    ? { key: "agree", message: `is ${rules.agree} of ${rules.of}: more than there are` }
    : null;
}

function doorFindings(file: ParsedFile): Finding[] {
  const { cameras, doors } = file;
  const budget = file.search.engine === "local" ? LOCAL_SEARCH_BUDGET : NETWORK_SEARCH_BUDGET;
  const owners = new Map<string, string>();
  return Object.entries(doors).flatMap(([id, door]) => {
    const at = ["doors", id];
    const found: Finding[] = [];
    const controller = outputOf(id, door.controller);
    const owner = owners.get(controller);
    if (owner !== undefined) {
      found.push(
        error([...at, "controller"], `is ${controller}, which is the controller of the door ${owner} already`),
      );
    }
    owners.set(controller, id);
    const rules = policyOf(file, door.policy);
    const camera = Object.hasOwn(cameras, door.camera) ? cameras[door.camera] : undefined;
    if (camera === undefined) {
      found.push(error([...at, "camera"], noSuchCamera(door.camera, Object.keys(cameras))));
    } else if (
      agreementTakesMs(rules.agree, camera.looks_per_second, budget) > Math.min(rules.windowMs, rules.patienceMs)
    ) {
      found.push(
        error(
          at,
          `could never open: ${rules.agree} searches at ${camera.looks_per_second} looks a second${file.search.engine === "local" ? "" : ` and one call a second, ${budget.maxSearches} in all,`} do not fit into its window and patience`,
        ),
      );
    } else if (camera.max_frame_age > rules.maxDecisionAgeMs) {
      found.push(
        warning(
          [...at, "camera"],
          `takes pictures older than max_decision_age for evidence (max_frame_age of ${door.camera}); they can never open this door`,
        ),
      );
    }
    if (rules.agree === 1)
      found.push(warning([...at, "policy"], "lets a single picture open this door (agree: 1); 2 is much safer"));
    return found;
  });
}

function noSuchCamera(wanted: string, ids: readonly string[]): string {
  const near = nearest(wanted, ids);
  return `there is no camera "${wanted}"${near === null ? `; there is ${ids.join(", ")}` : suggestion(near)}`;
}

/** Shortest time between the first and the last of so many searches of one visit; infinite when it may not have so many. */
function agreementTakesMs(agree: number, looksPerSecond: number, budget: SearchBudget): number {
  if (agree > budget.maxSearches) return Number.POSITIVE_INFINITY;
  const { capacity, refillEveryMs } = budget.burst;
  const lookMs = 1000 / looksPerSecond;
  return (Math.min(agree, capacity) - 1) * lookMs + Math.max(0, agree - capacity) * Math.max(lookMs, refillEveryMs);
}

function mqttFindings({ mqtt }: ParsedFile): Finding[] {
  const found: Finding[] = [];
  if (mqtt.password !== undefined && mqtt.username === undefined)
    found.push(error(["mqtt", "password"], "needs a username with it"));
  for (const key of ["ca", "cert", "key"] as const)
    if (mqtt[key] !== undefined && !isEncrypted(mqtt.url))
      found.push(error(["mqtt", key], "has no effect with mqtt://; use mqtts:// in url"));
  if ((mqtt.cert === undefined) !== (mqtt.key === undefined))
    found.push(error(["mqtt"], "cert and key go together; one of them is missing"));
  if (!isEncrypted(mqtt.url) && !staysHere(mqtt.url)) {
    found.push(
      warning(
        ["mqtt", "url"],
        "is not encrypted: whoever can listen on the network sees who comes and goes; use mqtts://",
      ),
    );
  }
  return found;
}

function searchFindings({ search }: ParsedFile): Finding[] {
  const { min_score, engine } = search;
  const onTheNetwork = engine === "local" ? [] : networkFindings(search);
  return engine === "verifik" ? onTheNetwork : [...onTheNetwork, ...localScoreFindings(min_score)];
}

function localScoreFindings(min_score: ParsedFile["search"]["min_score"]): Finding[] {
  if (min_score === "auto" || min_score >= DEFAULT_THRESHOLD.base) return [];
  return [
    warning(
      ["search", "min_score"],
      `changes nothing: the automatic threshold is never below ${DEFAULT_THRESHOLD.base}`,
    ),
  ];
}

/** What a server on the network makes necessary: its address, and a score that somebody has chosen for its scale. */
function networkFindings(search: ParsedFile["search"]): Finding[] {
  const { engine, verifik } = search;
  const found: Finding[] = [];
  if (verifik === undefined) found.push(error(["search", "engine"], "needs `search.verifik` with url and token"));
  if (networkScoreOf(search) === null) {
    const at = engine === "verifik" ? ["search", "min_score"] : ["search", "verifik", "min_score"];
    const message = `must be a number with engine: ${engine}: the server's scores are its own, and nothing here can choose for them`;
    found.push(error(at, message));
  }
  if (verifik === undefined || engine === "verifik") return found;
  if (verifik.roster === "engine") {
    const message = `must be gallery with engine: ${engine}: who is nobody on this computer can be recognised by the server alone`;
    found.push(error(["search", "verifik", "roster"], message));
  }
  const deadline = verifik.deadline ?? NETWORK_DEADLINE_MS;
  if (engine === "verifik_then_local" && verifik.fallback_after > deadline) {
    found.push(
      error(["search", "verifik", "fallback_after"], "is longer than the deadline, so nothing would ever wait for it"),
    );
  }
  return found;
}

/** The console speaks plain HTTP: passwords and pictures of people must not cross a network like that. */
function httpFindings({ http, api }: ParsedFile): Finding[] {
  if (http === undefined) return [];
  const found: Finding[] = [];
  if (!staysHere(`http://${http.listen}`) && !http.behind_tls_proxy) {
    const message =
      "must be a loopback address: the console speaks plain HTTP; for other computers put a proxy with TLS before it and say so with behind_tls_proxy: true";
    found.push(error(["http", "listen"], message));
  }
  if (http.behind_tls_proxy && (http.trusted_hosts ?? []).length === 0) {
    found.push(error(["http", "trusted_hosts"], "must name the host under which browsers reach the proxy"));
  }
  if (http.listen === api?.listen) found.push(error(["http", "listen"], `is taken by api.listen (${http.listen})`));
  return found;
}
