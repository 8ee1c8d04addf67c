import { LimenError } from "#errors";

/** One coded picture: its NAL units without start codes, in stream order. */
export interface AccessUnit {
  readonly nals: readonly Uint8Array[];
  /** True when decoding may start here (an IDR picture, with its parameter sets in front). */
  readonly isKey: boolean;
}

/** An H.264 recording without B-pictures, so that the order of units is also the order of display. Starts with a key unit. */
export interface H264Clip {
  readonly units: readonly AccessUnit[];
  /** First sequence and picture parameter set, for the session description. */
  readonly sps: Uint8Array;
  readonly pps: Uint8Array;
}

const SLICE = 1;
const IDR = 5;
const SEI = 6;
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;

/** The five-bit type of a NAL unit; 0 (never sent by an encoder) for an empty one. */
function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** Cuts an Annex B byte stream at its start codes, three or four bytes long (H.264 Annex B.1). Views, not copies. */
export function splitNals(stream: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const startCode = Buffer.from([0, 0, 1]);
  const nals: Uint8Array[] = [];
  let code = bytes.indexOf(startCode);
  while (code >= 0) {
    const start = code + startCode.length;
    code = bytes.indexOf(startCode, start);
    let end = code < 0 ? bytes.length : code;
    // Zeros before a start code belong to it (or are padding): a NAL unit never ends in a zero byte (7.4.1).
    while (end > start && bytes[end - 1] === 0) end -= 1;
    if (end > start) nals.push(bytes.subarray(start, end));
  }
  return nals;
}

/**
 * Cuts a recording into coded pictures and checks that the simulated camera can serve it: a key unit first, parameter sets
 * present, no B-pictures (the camera uses the frame counter as the time stamp). Throws LIMEN_DEMO_ASSET otherwise.
 */
export function parseClip(stream: Uint8Array): H264Clip {
  const nals = splitNals(stream);
  const sps = nals.find((nal) => nalType(nal) === SPS);
  const pps = nals.find((nal) => nalType(nal) === PPS);
  if (sps === undefined || sps.length < 4 || pps === undefined) throw unusable("has no H.264 parameter sets");
  if (nals.some(isBidirectional)) throw unusable("has B-pictures");
  const units = groupUnits(nals).map((unit) => withParameterSets(unit, sps, pps));
  if (units[0]?.isKey !== true) throw unusable("does not start with a key frame");
  return { units, sps, pps };
}

function groupUnits(nals: readonly Uint8Array[]): AccessUnit[] {
  const groups: Uint8Array[][] = [];
  let group: Uint8Array[] = [];
  for (const nal of nals) {
    if (group.some(isSlice) && startsUnit(nal)) {
      groups.push(group);
      group = [];
    }
    group.push(nal);
  }
  if (group.some(isSlice)) groups.push(group);
  return groups.map((members) => ({ nals: members, isKey: members.some((nal) => nalType(nal) === IDR) }));
}

/** Some encoders write the parameter sets once; a client that joins later, or a change of clip, needs them at every key. */
function withParameterSets(unit: AccessUnit, sps: Uint8Array, pps: Uint8Array): AccessUnit {
  if (!unit.isKey || unit.nals.some((nal) => nalType(nal) === SPS)) return unit;
  const at = unit.nals.findIndex((nal) => nalType(nal) !== DELIMITER);
  return { isKey: true, nals: [...unit.nals.slice(0, at), sps, pps, ...unit.nals.slice(at)] };
}

function isSlice(nal: Uint8Array): boolean {
  return nalType(nal) >= SLICE && nalType(nal) <= IDR;
}

/** After a slice: a delimiter, SEI or parameter set opens the next unit, or a slice whose first macroblock is number 0 (7.4.1.2.3). */
function startsUnit(nal: Uint8Array): boolean {
  return isSlice(nal) ? isFirstSlice(nal) : nalType(nal) >= SEI && nalType(nal) <= DELIMITER;
}

function isFirstSlice(nal: Uint8Array): boolean {
  return ((nal[1] ?? 0) & 0x80) !== 0;
}

/** slice_type 1 or 6 behind first_mb_in_slice = 0: the Exp-Golomb codes 010 and 00111 after one leading 1 bit (7.3.3, 9.1). */
function isBidirectional(nal: Uint8Array): boolean {
  const head = nal[1] ?? 0;
  return isSlice(nal) && isFirstSlice(nal) && ((head & 0x70) === 0x20 || (head & 0x7c) === 0x1c);
}

function unusable(what: string): LimenError {
  return new LimenError("LIMEN_DEMO_ASSET", `the simulated camera cannot serve this clip: it ${what}`, {
    hint: "Encode it as H.264 Annex B without B-frames (ffmpeg: -c:v libx264 -bf 0 -x264-params repeat-headers=1 -f h264).",
  });
}
