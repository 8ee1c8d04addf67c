import { z } from "zod";
import { enveloped, envelopeOf } from "#adapters/http/answer";
import { ApiError, invalid, noSuchPerson } from "#adapters/http/api-error";
import { requestPictures } from "#adapters/http/image-input";
import { admitFaces, allowDuplicate, enrolledPerson } from "#adapters/http/look-alikes";
import { keptPerson, keptPersonOf } from "#adapters/http/person-shape";
import { pictures } from "#adapters/http/request-fields";
import { param, type Route, route } from "#adapters/http/route";
import type { RouteParts } from "#adapters/http/search-routes";
import { strangerAmong } from "#core/enrolment";

/** Adding and removing single faces of somebody enrolled, which the contract's own routes cannot do. */
export function enrolledFaceRoutes({ ports, desk, clock }: RouteParts): readonly Route[] {
  const { admin, finder } = ports;
  return [
    route({
      method: "post",
      path: "/persons/:id/faces",
      name: "addFaces",
      summary: "Adds faces to somebody enrolled; they must look like the ones there.",
      scope: "write",
      failures: [404, 412, 413, 415],
      body: z.object({ ...pictures, allow_duplicate: allowDuplicate }),
      answer: envelopeOf(enrolledPerson),
      handle: async (call) => {
        const id = param(call, "id");
        if ((await admin.persons([id])).length === 0) throw noSuchPerson();
        const faces = await desk.enrol(requestPictures(call.body), call.signal);
        const enrolled = await admin.templatesOf(id, finder.modelId);
        for (const [i, { template }] of faces.entries()) {
          if (strangerAmong([template, ...enrolled], finder.samePersonCosine) === 0) {
            throw invalid(`picture ${i + 1} does not show the person who is enrolled`, "different_persons");
          }
        }
        const { signal, body } = call;
        const order = { faces, personId: id, replaces: false, allowDuplicate: body.allow_duplicate, signal };
        return enveloped(await admitFaces(ports, order, () => admin.addFaces(id, faces)), clock.now());
      },
    }),
    route({
      method: "delete",
      path: "/persons/:id/faces/:face",
      name: "removeFace",
      summary: "Removes one face by the id of its thumbnail; never the last one.",
      scope: "write",
      failures: [404, 409],
      answer: envelopeOf(keptPerson),
      handle: async (call) => {
        const id = param(call, "id");
        const outcome = await admin.removeFace(id, param(call, "face"));
        if (outcome === "unknown") throw new ApiError(404, "FACE_NOT_FOUND", "FACE_NOT_FOUND");
        if (outcome === "last") {
          throw new ApiError(
            409,
            "last_face",
            "this is the person's last face: delete the person, or add another first",
          );
        }
        const [person] = await admin.persons([id]);
        if (person === undefined) throw noSuchPerson();
        return enveloped(keptPersonOf(person), clock.now());
      },
    }),
  ];
}
