import type { DiscoveredCamera, Discovery } from "#app-discover";

const REACH: Readonly<Record<DiscoveredCamera["reach"], string>> = {
  silent: "silent",
  found: "found",
  needs_password: "needs password",
  ready: "ready",
};

/** From here on a wrong clock is worth a line. */
const SKEW_MS = 60_000;

/** What a search found, for people: a table, what keeps cameras from being used, their streams, and what to write for new ones. */
export function discoveryReport({ cameras, searched, refused }: Discovery): string[] {
  if (cameras.length === 0) return nothingFound(searched, refused);
  return [
    ...tableOf(cameras),
    ...cameras.flatMap(detailsOf),
    ...(refused === 0
      ? []
      : ["", `${refused} answer(s) were not believed: no camera's, malformed, or naming another host.`]),
    ...snippetOf(cameras.filter(({ camera }) => camera === null)),
  ];
}

function tableOf(cameras: readonly DiscoveredCamera[]): string[] {
  const rows = [
    ["NAME", "MAKE", "MODEL", "ADDRESS", "STATE"],
    ...cameras.map(({ camera, name, make, model, address, reach }) => [
      camera ?? (name === "" ? "-" : name),
      make === "" ? "-" : make,
      model === "" ? "-" : model,
      address,
      REACH[reach],
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function detailsOf({ camera, address, problem, streams, clockSkewMs }: DiscoveredCamera): string[] {
  const who = camera ?? address;
  const lines = streams.map(
    ({ name, width, height, codec, fps, chosen }) =>
      `  ${chosen ? "*" : " "} ${name}: ${width}x${height} ${codec}${fps === null ? "" : `, ${fps} pictures a second`}`,
  );
  const skewed = clockSkewMs !== null && Math.abs(clockSkewMs) > SKEW_MS;
  return [
    ...(lines.length === 0 ? [] : ["", `${who}: streams (* is the one that is taken)`, ...lines]),
    ...(skewed
      ? [
          "",
          `${who}: its clock is ${Math.round(Math.abs(clockSkewMs) / 1000)} s ${clockSkewMs > 0 ? "ahead" : "behind"}; set it by NTP`,
        ]
      : []),
    ...(problem === null
      ? []
      : [
          "",
          `${problem.message} [${problem.code}]`,
          ...(problem.hint === null ? [] : [`  what to do: ${problem.hint}`]),
        ]),
  ];
}

/** Ready to paste. The id is what stays when the address changes. */
function snippetOf(cameras: readonly DiscoveredCamera[]): string[] {
  if (cameras.length === 0) return [];
  const taken = new Set<string>();
  return [
    "",
    "To use the new ones, add to limen.yaml (and each password to secrets.yaml, chmod 600):",
    "",
    "cameras:",
    ...cameras.flatMap((camera) => {
      const id = idFor(camera, taken);
      const where = `    onvif: ${camera.endpoint ?? camera.address}${camera.endpoint === null ? "" : `   # now at ${camera.address}`}`;
      return [`  ${id}:`, where, "    username: limen", `    password: !secret ${id}_camera`];
    }),
  ];
}

function idFor({ name, model }: DiscoveredCamera, taken: Set<string>): string {
  const words = [name, model, "camera"].map((word) =>
    word
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, ""),
  );
  const wanted = (words.find((word) => word !== "") ?? "camera").slice(0, 40);
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}_${n}`;
  taken.add(id);
  return id;
}

function nothingFound(searched: readonly string[], refused: number): string[] {
  return [
    searched.length === 0
      ? "No camera was found: no network of this computer carries multicast."
      : `No camera was found on ${searched.join(", ")}.`,
    ...(refused === 0
      ? []
      : [`${refused} answer(s) came and were not believed: no camera's, malformed, or naming another host.`]),
    "What to check:",
    "  - the camera is on and in the same network: a search crosses neither routers nor VLANs",
    "  - ONVIF and its discovery are switched on in the camera's settings (many makers switch them off)",
    "  - the network lets multicast through (239.255.255.250, UDP port 3702): Wi-Fi guest networks and some switches do not,",
    "    nor does a container without the host's network",
    "  - a firewall here lets UDP answers in",
    "If you know its address, write `onvif: ADDRESS` in the configuration and run limen discover again.",
  ];
}
