import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConfigFolder, openConfigFolder, problemsIn, refusalOf, SMALL } from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** SMALL with one of its pieces replaced. */
function changed(piece: string, by: string): string {
  if (!SMALL.includes(piece)) throw new Error(`no ${piece} in SMALL`);
  return SMALL.replace(piece, by);
}

const FRONT = "rtsp: rtsp://192.168.1.20:554/sub";

describe("a file that is not a configuration", () => {
  it.each<[string, string, readonly string[]]>([
    ["is empty", "", ["1:1 the file holds no settings"]],
    ["holds comments only", "# nothing\n", ["1:1 the file holds no settings"]],
    ["is a list", "- a\n", ["1:1 must be a group of `key: value` lines"]],
    ["is a word", "door\n", ["1:1 must be a group of `key: value` lines"]],
    ["says nothing about cameras", "site: {}\n", ["1:1 cameras: is missing", "1:1 doors: is missing"]],
    [
      "has no camera",
      "cameras: {}\ndoors: {}\n",
      ["1:10 cameras: needs at least one camera", "2:8 doors: needs at least one door"],
    ],
    ["leaves a section empty", `${SMALL}mqtt:\n`, ["10:1 mqtt: has no value"]],
    [
      "misspells a key",
      changed("rtsp: rtsp", "rtps: rtsp"),
      ['3:12 cameras.front.rtps: is not a known key (did you mean "rtsp"?)'],
    ],
    ["misspells a section", SMALL.replace("doors:", "door:"), ['4:1 door: is not a known key (did you mean "doors"?)']],
    [
      "has a key of another product",
      `${SMALL}frigate: {}\n`,
      ["10:1 frigate: is not a known key; known here: site, cameras,"],
    ],
    [
      "wants a controller's topic",
      changed("pulse: 3s", "topic: x"),
      ["8:67 doors.front.controller.topic: is not a known key; known here: profile, id, key, key_id, pulse"],
    ],
    [
      "gives a camera two addresses",
      changed(FRONT, `${FRONT}, onvif: 192.168.1.20`),
      ["3:54 cameras.front.onvif: and rtsp are both there; one of them is the address"],
    ],
    [
      "gives a camera no address",
      changed(`${FRONT}, `, ""),
      ["3:10 cameras.front: needs its address: `onvif:` (where it is) or `rtsp:`"],
    ],
    [
      "gives a web address for ONVIF",
      changed(FRONT, "onvif: http://192.168.1.20/onvif/device_service"),
      ["3:19 cameras.front.onvif: must be the camera's host alone, such as 192.168.1.20"],
    ],
    [
      "gives a user name with the ONVIF address",
      changed(FRONT, "onvif: admin:hunter2@192.168.1.20"),
      ["3:19 cameras.front.onvif: must be the camera's host alone"],
    ],
    [
      "gives half an IP address",
      changed(FRONT, "onvif: 192.168.1"),
      ["3:19 cameras.front.onvif: must be the camera's host"],
    ],
    [
      "gives a port there is not",
      changed(FRONT, "onvif: cam.lan:70000"),
      ["3:19 cameras.front.onvif: must be the camera's host"],
    ],
    [
      "gives half an endpoint id",
      changed(FRONT, "onvif: urn:uuid:x"),
      ["3:19 cameras.front.onvif: must be the whole id"],
    ],
    [
      "puts a password into the address",
      changed("rtsp://", "rtsp://admin:hunter2@"),
      ["3:18 cameras.front.rtsp: holds a user name or password; put them in `username:` and `password: !secret name`"],
    ],
    [
      "gives a bare address",
      changed("rtsp://192.168.1.20:554/sub", "192.168.1.20"),
      ["3:18 cameras.front.rtsp: must be the camera's stream address, such as rtsp://"],
    ],
    [
      "gives a web address",
      changed("rtsp://192", "http://192"),
      ["3:18 cameras.front.rtsp: must be the camera's stream address"],
    ],
    [
      "gives an address without a host",
      changed("rtsp://192.168.1.20:554/sub", "rtsp:///sub"),
      ["3:18 cameras.front.rtsp: must be"],
    ],
    [
      "gives a user name alone",
      changed(", password: !secret front_camera", ""),
      ["3:10 cameras.front: username and password go together"],
    ],
    [
      "gives a password of digits without quotes",
      changed("!secret front_camera", "0012345"),
      ["3:74 cameras.front.password: must be `!secret name`, or text in quotes"],
    ],
    ["gives an empty password", changed("!secret front_camera", '""'), ["3:74 cameras.front.password: is empty"]],
    [
      "forgets the secret's name",
      changed("!secret front_camera", "!secret"),
      ["cameras.front.password: needs a name after !secret"],
    ],
    [
      "takes a secret for a path",
      changed("!secret front_camera", "!secret ../../etc/shadow"),
      ["cameras.front.password: needs a name after !secret"],
    ],
    [
      "has a secret where none can be",
      changed("name: Studio", "name: !secret front_door"),
      ["1:23 site.name: cannot be a secret"],
    ],
    [
      "has a size that is none",
      changed(FRONT, `${FRONT}, detect_size: 640`),
      ["cameras.front.detect_size: must be text"],
    ],
    [
      "has a size without an x",
      changed(FRONT, `${FRONT}, detect_size: "640"`),
      ["cameras.front.detect_size: must be width x height, such as 640x360"],
    ],
    [
      "has a size beyond reason",
      changed(FRONT, `${FRONT}, detect_size: 4000x2000`),
      ["cameras.front.detect_size: each side must be 90 to 1920 pixels"],
    ],
    [
      "looks too often",
      changed(FRONT, `${FRONT}, looks_per_second: 60`),
      ["cameras.front.looks_per_second: must be at most 25"],
    ],
    [
      "has a number that is endless",
      changed(FRONT, `${FRONT}, looks_per_second: .inf`),
      ["cameras.front.looks_per_second: must be a number"],
    ],
    [
      "has a zone of two corners",
      changed(FRONT, `${FRONT}, zone: [[0, 0], [1, 1]]`),
      ["cameras.front.zone: must have at least 3"],
    ],
    [
      "has a zone outside the picture",
      changed(FRONT, `${FRONT}, zone: [[0, 0], [1, 0], [0, 640]]`),
      ["3:74 cameras.front.zone[2][1]: must be at most 1"],
    ],
    [
      "names a camera with capitals",
      SMALL.replace("  front: { rtsp", "  Front Door: { rtsp"),
      ['3:3 cameras.Front Door: is not a possible name: use 1 to 64 of a-z 0-9 _ - (did you mean "front_door"?)'],
    ],
    [
      "names a camera that is not there",
      changed("camera: front\n", "camera: fornt\n"),
      ['6:13 doors.front.camera: there is no camera "fornt" (did you mean "front"?)'],
    ],
    [
      "names a camera quite unlike",
      changed("camera: front\n", "camera: constructor\n"),
      ['6:13 doors.front.camera: there is no camera "constructor"; there is front'],
    ],
    ["has no collection", changed("    collection: staff\n", ""), ["5:3 doors.front.collection: is missing"]],
    [
      "misspells the profile",
      changed("limen_native", "limen-natve"),
      ['8:28 doors.front.controller.profile: is not a known profile (did you mean "limen_native"?)'],
    ],
    ["names no profile", changed("profile: limen_native, ", ""), ["8:5 doors.front.controller.profile: is missing"]],
    ["gives a number as profile", changed("limen_native", "1"), ["8:28 doors.front.controller.profile: must be text"]],
    ["names no key", changed("key: !secret front_door, ", ""), ["8:5 doors.front.controller.key: is missing"]],
    [
      "gives a pulse without unit",
      changed("pulse: 3s", "pulse: 3"),
      ["8:74 doors.front.controller.pulse: needs a unit, such as 500ms, 3s or 2m"],
    ],
    [
      "gives a pulse in words",
      changed("pulse: 3s", "pulse: three"),
      ["8:74 doors.front.controller.pulse: must be a duration such as"],
    ],
    [
      "opens for too long",
      changed("pulse: 3s", "pulse: 5m"),
      ["8:74 doors.front.controller.pulse: must be 500ms to 60s"],
    ],
    [
      "misspells the mode",
      changed("mode: shadow", "mode: shadwo"),
      ['9:11 doors.front.mode: must be normal, shadow, free_access, locked_down or disabled (did you mean "shadow"?)'],
    ],
    [
      "wants more agreement than pictures",
      `${SMALL}policy: { agree: 4 }\n`,
      ["10:18 policy.agree: is 4 of 3: more than there are"],
    ],
    ["wants that at one door", `${SMALL}    policy: { of: 1 }\n`, ["10:5 doors.front.policy.agree: is 2 of 1"]],
    [
      "can never open",
      changed(FRONT, `${FRONT}, looks_per_second: 1`).concat("policy: { agree: 3, window: 1s }\n"),
      ["6:5 doors.front: could never open"],
    ],
    ["wants half an agreement", `${SMALL}policy: { agree: 1.5 }\n`, ["10:18 policy.agree: must be a whole number"]],
    [
      "searches on the network without saying where, or with which score",
      `${SMALL}search: { engine: verifik }\n`,
      ["search.min_score: must be a number with engine: verifik", "10:19 search.engine: needs `search.verifik`"],
    ],
    [
      "sends faces over the network in the clear",
      `${SMALL}search: { engine: verifik, min_score: 0.85, verifik: { url: "http://192.168.1.9", token: !secret x } }\n`,
      ["search.verifik.url: must be https://"],
    ],
    [
      "asks two engines and has a score for one of them",
      `${SMALL}search: { engine: both_agree, min_score: 0.9, verifik: { url: "https://a.example", token: !secret x } }\n`,
      ["search.verifik.min_score: must be a number with engine: both_agree"],
    ],
    [
      "asks two engines of which one knows people the other does not",
      `${SMALL}search: { engine: verifik_then_local, verifik: { url: "https://a.example", token: !secret x, min_score: 0.9, roster: engine } }\n`,
      ["search.verifik.roster: must be gallery with engine: verifik_then_local"],
    ],
    [
      "waits for a server longer than its answers count",
      `${SMALL}search: { engine: verifik_then_local, verifik: { url: "https://a.example", token: !secret x, min_score: 0.9, deadline: 500ms } }\n`,
      ["search.verifik.fallback_after: is longer than the deadline"],
    ],
    [
      "wants more pictures to agree than a visit may have calls",
      `${SMALL}policy: { agree: 4, of: 4, window: 10s, patience: 10s }\nsearch: { engine: verifik, min_score: 0.9, verifik: { url: "https://a.example", token: !secret x } }\n`,
      ["doors.front: could never open: 4 searches"],
    ],
    [
      "allows no calls at all",
      `${SMALL}search: { engine: verifik, min_score: 0.9, verifik: { url: "https://a.example", token: !secret x, caps: { per_day: 0 } } }\n`,
      ["search.verifik.caps.per_day: must be at least 1"],
    ],
    [
      "searches in a place nobody knows",
      `${SMALL}search: { engine: clowd }\n`,
      ["10:19 search.engine: must be local, verifik, verifik_then_local or both_agree"],
    ],
    [
      "opens the API to the network without TLS",
      `${SMALL}api: { listen: "0.0.0.0:8480", tokens: { a: { token: !secret x, scopes: [read] } } }\n`,
      ["api.listen: must be a loopback address"],
    ],
    [
      "opens the console to the network without TLS",
      `${SMALL}http: { listen: "0.0.0.0:8481", password: !secret x }\n`,
      ["http.listen: must be a loopback address"],
    ],
    [
      "puts the console behind a proxy without its name",
      `${SMALL}http: { behind_tls_proxy: true, password: !secret x }\n`,
      ["http.trusted_hosts: must name the host"],
    ],
    [
      "trusts an address instead of a host",
      `${SMALL}http: { trusted_hosts: ["https://door.example/"], password: !secret x }\n`,
      ["http.trusted_hosts[0]: must be a host name"],
    ],
    [
      "puts console and API on one port",
      `${SMALL}http: { password: !secret x }\napi: { listen: "127.0.0.1:8481", tokens: { a: { token: !secret x, scopes: [read] } } }\n`,
      ["http.listen: is taken by api.listen"],
    ],
    [
      "has a score in words",
      `${SMALL}search: { min_score: high }\n`,
      ["10:22 search.min_score: must be auto, or a number from 0 to 1"],
    ],
    ["has a score of 81 %", `${SMALL}search: { min_score: 81 }\n`, ["10:22 search.min_score: must be at most 1"]],
    [
      "asks for liveness to decide",
      `${SMALL}faces: { liveness: require }\n`,
      ["10:20 faces.liveness: is now policy.liveness (or doors.<door>.policy.liveness); write require there"],
    ],
    [
      "wants faces taller than the picture",
      `${SMALL}faces: { min_face_px: 400 }\n`,
      ["cameras.front.detect_size: is lower than faces.min_face_px (400)"],
    ],
    [
      "misspells the time zone",
      changed("Europe/Berlin", "Europe/Berln"),
      ['1:34 site.time_zone: must be an IANA time zone such as Europe/Berlin (did you mean "Europe/Berlin"?)'],
    ],
    [
      "gives an offset as time zone",
      changed("Europe/Berlin", '"+01:00"'),
      ["1:34 site.time_zone: must be an IANA time zone"],
    ],
    ["has a nameless site", changed("Studio", '" "'), ["1:15 site.name: must be 1 to 64 characters on one line"]],
    ["hopes for a home folder", changed("/var/lib/limen", '"~/limen"'), ["1:59 site.data_dir: ~ is not expanded here"]],
    [
      "puts a password into the broker's address",
      `${SMALL}mqtt: { url: mqtt://a:hunter2@b }\n`,
      ["10:14 mqtt.url: holds a user name or password"],
    ],
    ["gives a web socket broker", `${SMALL}mqtt: { url: ws://b }\n`, ["10:14 mqtt.url: must be the broker's address"]],
    [
      "gives a broker's address that goes on",
      `${SMALL}mqtt: { url: mqtt://b/limen }\n`,
      ["10:14 mqtt.url: must end after the port"],
    ],
    ["has a prefix with a wildcard", `${SMALL}mqtt: { prefix: limen/# }\n`, ["10:17 mqtt.prefix: must be 1 to 64 of"]],
    [
      "has a password for nobody",
      `${SMALL}mqtt: { password: !secret front_camera }\n`,
      ["mqtt.password: needs a username with it"],
    ],
    [
      "has an authority but no encryption",
      `${SMALL}mqtt: { ca: ca.pem }\n`,
      ["10:13 mqtt.ca: has no effect with mqtt://; use mqtts:// in url"],
    ],
    [
      "has a client certificate without its key",
      `${SMALL}mqtt: { url: "mqtts://b", cert: limen.pem }\n`,
      ["mqtt: cert and key go together; one of them is missing"],
    ],
    [
      "has two doors at one controller",
      `${SMALL}  back:\n    camera: front\n    collection: staff\n    controller: { profile: limen_native, id: front, key: !secret front_door }\n`,
      ['13:17 doors.back.controller: is "front", which is the controller of the door front already'],
    ],
    ["has a list for a group", `${SMALL}log: [info]\n`, ["10:6 log: must be a group of `key: value` lines"]],
    ["has a group for a list", changed(FRONT, `${FRONT}, zone: { x: 1 }`), ["cameras.front.zone: must be a list"]],
  ])("because it %s is refused at its place, with what to do", async (_, text, expected) => {
    const error = await refusalOf(folder, text);
    const problems = problemsIn(error);
    expect(error.code, error.message).toBe("LIMEN_CONFIG_INVALID");
    expect(problems.length, error.message).toBe(expected.length);
    for (const [i, words] of expected.entries()) expect(problems[i]).toContain(words);
    expect(error.hint).toContain("limen.example.yaml");
    expect(error.message).not.toContain("hunter2");
  });

  it("has all its problems listed, in the order of the file", async () => {
    const error = await refusalOf(folder, `${changed("Studio", "5").replace("shadow", "open")}log: { levle: info }\n`);
    expect(error.message).toMatch(/has 3 problems:\n/);
    expect(problemsIn(error)).toEqual([
      "1:15 site.name: must be text; put quotes round it",
      "9:11 doors.front.mode: must be normal, shadow, free_access, locked_down or disabled",
      '10:8 log.levle: is not a known key (did you mean "level"?)',
    ]);
  });

  it("has no endless list of problems", async () => {
    const wrong = Array.from({ length: 200 }, (_, i) => `key${i}: 1`).join("\n");
    const lines = problemsIn(await refusalOf(folder, `${SMALL}${wrong}\n`));
    expect(lines).toHaveLength(31);
    expect(lines[30]).toBe("… and 170 more");
  });
});
