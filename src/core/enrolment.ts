import type { FoundFace, Template } from "#core/face";
import { scoreOfCosine } from "#core/score";
import { cosineOf } from "#core/template";

/** What a face must be to be enrolled: stricter than at the door, because what is enrolled opens it for good. */

/** Smallest height, px of the (shrunk) photo: smaller faces make templates of a blur. */
const MIN_ENROL_FACE_PX = 64;
const MAX_ENROL_YAW = 0.3;
/** Above the model's own floor: a thigh was measured at norm 3.03. */
const ENROL_NORM_MARGIN = 0.2;
/** Two photos of one person scored at least 0.66 in measurements; under this they show two people. */
const SAME_PERSON_FLOOR = 0.45;
/** Cosine 0.40: closer to somebody else than 99 % of different people are. Worth a second look by a human. */
export const LOOK_ALIKE_SCORE = 0.648;

/**
 * Faces one person may have of one model. Recognition gains little after ten; a search reads each again for the mean (about 1 µs),
 * and without a limit whoever may write could fill the disk with one person.
 */
export const MAX_FACES = 100;

export type EnrolmentFault = "too_small" | "turned_away" | "weak_template";

/** Why a photo gives no face to enrol. */
export type PhotoFault = "no_face" | "several_faces" | EnrolmentFault;

/** Why a found face must not be enrolled, as far as its outline tells; null = good so far. */
export function enrolOutlineFault(face: FoundFace): EnrolmentFault | null {
  if (!(face.box.height >= MIN_ENROL_FACE_PX)) return "too_small";
  return face.yaw <= MAX_ENROL_YAW ? null : "turned_away";
}

/** Why its template must not be enrolled; null = good. */
export function enrolTemplateFault(template: Template, minNorm: number): EnrolmentFault | null {
  return template.norm >= minNorm + ENROL_NORM_MARGIN ? null : "weak_template";
}

/** Index of a template that is nobody of the others, or null when all may be one person. `knee`: the model's same-person cosine. */
export function strangerAmong(templates: readonly Template[], knee: number): number | null {
  for (const [i, a] of templates.entries()) {
    const others = templates.filter((_, j) => j !== i).map((b) => scoreOfCosine(cosineOf(a, b), knee));
    if (others.length > 0 && Math.max(...others) < SAME_PERSON_FLOOR) return i;
  }
  return null;
}
