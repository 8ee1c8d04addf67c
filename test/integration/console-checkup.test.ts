import { expect, it } from "vitest";
import type { CameraCheck } from "#adapters/console/parts";
import type { CameraMeasures } from "#core/camera-measures";
import { blindCamera, openConsoleRig } from "../fixtures/console-rig";
import { until } from "../fixtures/until";

const measures: CameraMeasures = {
  ...{
    pictures: 90,
    seconds: 10,
    stream: null,
    decodeCores: null,
    light: 30,
    contrast: 20,
    sharpness: 60,
    sight: "ok",
  },
  faces: { looks: 90, seen: 12, heightPx: 51, sharpness: 7 },
};

/** A console whose camera front is found to be as `found` says, once `end` is called. */
async function openRig(found: CameraCheck) {
  let finish = (): void => {};
  const rig = await openConsoleRig([blindCamera("front"), blindCamera("yard")], {
    checkCamera: (_camera, _seconds, onProgress) => {
      onProgress(3000);
      return new Promise((resolve) => {
        finish = () => resolve(found);
      });
    },
  });
  const cookie = await rig.sessionOf("operator");
  const get = async (path: string) => {
    const answer = await fetch(rig.url + path, { headers: { cookie } });
    return { status: answer.status, refresh: answer.headers.get("refresh"), text: await answer.text() };
  };
  const post = (path: string) =>
    fetch(rig.url + path, { method: "POST", redirect: "manual", headers: { cookie, origin: rig.url } });
  return Object.assign(rig, { get, post, end: () => finish() });
}

it("is begun by a press, comes anew each second, and ends with what to change", async () => {
  await using rig = await openRig({ fault: null, measures, advice: ["more <light>: it is dim there"] });
  const before = await rig.get("/cameras/front/checkup");
  expect(before).toMatchObject({ status: 200, refresh: null });
  expect(before.text).toContain("Start the check");

  const begun = await rig.post("/cameras/front/checkup");
  expect([begun.status, begun.headers.get("location")]).toEqual([303, "/cameras/front/checkup"]);
  const during = await rig.get("/cameras/front/checkup");
  expect(during).toMatchObject({ status: 200, refresh: "1" });
  expect(during.text).toContain("Watched for 3 of 10 seconds.");
  expect(during.text).not.toContain('<form method="post" action="/cameras/front/checkup"');
  // One at a time.
  const other = await rig.post("/cameras/yard/checkup");
  expect([other.status, await other.text()]).toEqual([409, expect.stringContaining("Another camera is being checked")]);

  rig.end();
  await until("it is done", async () => (await rig.get("/cameras/front/checkup")).refresh === null, 5000);
  const { text } = await rig.get("/cameras/front/checkup");
  expect(text).toContain("more &lt;light&gt;: it is dim there");
  expect(text).toContain("in 12 of 90 looks, at best 51 px high, sharpness 7");
  expect(text).toContain("Check again");
});

it("says why a camera could not be watched, and what to do", async () => {
  await using rig = await openRig({ fault: "camera front gives no pictures", hint: "look at its cable" });
  await rig.post("/cameras/front/checkup");
  rig.end();
  await until("it is done", async () => (await rig.get("/cameras/front/checkup")).refresh === null, 5000);
  const { text } = await rig.get("/cameras/front/checkup");
  expect(text).toContain("camera front gives no pictures");
  expect(text).toContain("look at its cable");
});

it("there is none of a camera that is not there", async () => {
  await using rig = await openRig({ fault: "", hint: null });
  expect((await rig.get("/cameras/attic/checkup")).status).toBe(404);
  expect((await rig.post("/cameras/attic/checkup")).status).toBe(404);
});
