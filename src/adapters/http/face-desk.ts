import { type ApiError, invalid } from "#adapters/http/api-error";
import type { ApiPorts } from "#adapters/http/api-parts";
import type { Lane } from "#adapters/http/lane";
import { padded } from "#adapters/http/padded";
import { type PhotoFault, strangerAmong } from "#core/enrolment";
import type { FoundFace, Picture, Template } from "#core/face";
import { mirrored } from "#core/mirror";
import { meanTemplate } from "#core/template";
import type { NewFace } from "#ports/gallery-admin";
import type { Photo } from "#ports/photo-reader";

export type SearchMode = "FAST" | "ACCURATE";

/** From the bytes of pictures to templates, each step in its turn of the lane. Rejects with ApiError or LimenError. */
export interface FaceDesk {
  /** One template a picture, of its largest face; ACCURATE averages it with its mirror image. Throws 400 no_face_detected. */
  probe(pictures: readonly Uint8Array[], mode: SearchMode, signal: AbortSignal): Promise<Template[]>;
  /** The same for tight cut-outs of faces: where no face is seen, once more with a border around. */
  probeCrops(pictures: readonly Uint8Array[], mode: SearchMode, signal: AbortSignal): Promise<Template[]>;
  /** Templates good enough to keep, one a picture, all of one person. Throws 400 with what is wrong with which picture. */
  enrol(pictures: readonly Uint8Array[], signal: AbortSignal): Promise<NewFace[]>;
  /** Every face of one picture with its thumbnail; templates only when a mode is given. */
  detect(picture: Uint8Array, mode: SearchMode | null, signal: AbortSignal): Promise<Detection>;
}

export interface DetectedFace {
  readonly face: FoundFace;
  readonly thumbnail: Uint8Array;
  readonly template: Template | null;
}

export interface Detection {
  readonly photo: Photo;
  readonly faces: readonly DetectedFace[];
}

const FAULTS: Readonly<Record<Exclude<PhotoFault, "no_face">, readonly [code: string, message: string]>> = {
  several_faces: ["multiple_faces_detected", "the image has more than one face"],
  too_small: ["face_too_far", "the face is too small to be enrolled"],
  turned_away: ["face_rotation_too_large", "the face is turned away from the camera"],
  weak_template: ["face_occluded", "the face is too blurred, dark or covered to be recognised later"],
};

function noFaceIn(where: string): ApiError {
  return invalid(`no face was found in ${where}`, "no_face_detected");
}

function refusalOf(fault: PhotoFault, where: string): ApiError {
  if (fault === "no_face") return noFaceIn(where);
  const [code, message] = FAULTS[fault];
  // Clients know this one sentence by its letters.
  return invalid(fault === "several_faces" ? message : `${where}: ${message}`, code);
}

export function createFaceDesk({ finder, reader, crop, enroller, photoOf }: ApiPorts, lane: Lane): FaceDesk {
  const templateOf = async (picture: Picture, face: FoundFace, mode: SearchMode): Promise<Template> => {
    const { template } = await finder.describe(picture, face);
    if (mode === "FAST") return template;
    const mirror = mirrored(picture, face);
    const other = await finder.describe(mirror.picture, mirror.face);
    return meanTemplate([template, other.template]) ?? template;
  };

  const largestFaceOf = async (picture: Picture): Promise<FoundFace | undefined> => (await finder.find(picture))[0];

  const probeOne = async (bytes: Uint8Array, mode: SearchMode, isCrop: boolean, where: string): Promise<Template> => {
    const photo = await reader.decode(bytes);
    const face = await largestFaceOf(photo);
    if (face !== undefined) return templateOf(photo, face, mode);
    if (isCrop) {
      const framed = padded(photo);
      const inFrame = await largestFaceOf(framed);
      if (inFrame !== undefined) return templateOf(framed, inFrame, mode);
    }
    throw noFaceIn(where);
  };

  const enrolOne = async (bytes: Uint8Array, where: string): Promise<NewFace> => {
    const photo = await reader.decode(bytes);
    const judged = await enroller.judge(photo);
    if (judged.fault !== null) throw refusalOf(judged.fault, where);
    const { template, face } = judged;
    const kept = photoOf === undefined ? {} : { photo: await photoOf(photo, face.box) };
    return { template, thumbnail: await crop(photo, face.box), ...kept };
  };

  /** Every picture in a turn of its own, so that a request with three never keeps others waiting for three. */
  const each = async <T>(
    pictures: readonly Uint8Array[],
    signal: AbortSignal,
    work: (bytes: Uint8Array, where: string) => Promise<T>,
  ): Promise<T[]> => {
    const results: T[] = [];
    for (const [i, bytes] of pictures.entries()) {
      const where = pictures.length === 1 ? "the picture" : `picture ${i + 1}`;
      results.push(await lane.run(signal, () => work(bytes, where)));
    }
    return results;
  };

  return {
    probe: (pictures, mode, signal) => each(pictures, signal, (bytes, where) => probeOne(bytes, mode, false, where)),
    probeCrops: (pictures, mode, signal) =>
      each(pictures, signal, (bytes, where) => probeOne(bytes, mode, true, where)),

    async enrol(pictures, signal) {
      const faces = await each(pictures, signal, enrolOne);
      const stranger = strangerAmong(
        faces.map(({ template }) => template),
        finder.samePersonCosine,
      );
      if (stranger !== null) {
        throw invalid(`picture ${stranger + 1} does not show the same person as the others`, "different_persons");
      }
      return faces;
    },

    detect: (bytes, mode, signal) =>
      lane.run(signal, async () => {
        const photo = await reader.decode(bytes);
        const faces: DetectedFace[] = [];
        for (const face of await finder.find(photo)) {
          const template = mode === null ? null : await templateOf(photo, face, mode);
          faces.push({ face, template, thumbnail: await crop(photo, face.box) });
        }
        return { photo, faces };
      }),
  };
}
