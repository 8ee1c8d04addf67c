import { describe, expect, test } from "vitest";
import { CameraAccount } from "#demo/camera/account";
import { type OnvifCamera, scopesOf } from "#demo/camera/onvif/camera";
import { answerDevice } from "#demo/camera/onvif/device";
import { answerMedia } from "#demo/camera/onvif/media";
import { usualProfiles } from "#demo/camera/onvif/open-onvif";
import { ACCOUNT_LOCKED, fault, NO_PROFILE, readSoapRequest, soapMessage } from "#demo/camera/onvif/soap";
import { textOf } from "#demo/camera/onvif/xml";

const camera: OnvifCamera = {
  endpoint: "urn:uuid:00000000-0000-4000-8000-00000000abcd",
  make: "Make & <Sons>",
  model: 'M"1',
  scopes: scopesOf("Front door/1", 'M"1'),
  profiles: usualProfiles(20),
  snapshot: null,
  rtspPort: 554,
  account: new CameraAccount({ username: "u", password: "p", locksAfter: null }),
  auth: "wsse",
};
const origins = { http: "http://10.0.0.9:80", rtsp: "rtsp://10.0.0.9:554" };
const device = (operation: string): string => {
  const { body } = answerDevice(operation, camera, origins.http, Date.UTC(2026, 1, 3, 4, 5, 6));
  return soapMessage(body);
};
const media = (operation: string, profileToken: string | null, changes: Partial<OnvifCamera> = {}) => {
  const { status, body } = answerMedia(
    { operation, profileToken },
    { ...camera, ...changes },
    camera.profiles,
    origins,
  );
  return { status, message: soapMessage(body) };
};

describe("readSoapRequest", () => {
  test("finds the operation and the profile, whatever the prefixes", () => {
    const message = `<s:Envelope><s:Header/><s:Body xmlns:a="b">
      <trt:GetStreamUri><ProfileToken>sub</ProfileToken></trt:GetStreamUri></s:Body></s:Envelope>`;
    expect(readSoapRequest(message)).toEqual({ operation: "GetStreamUri", profileToken: "sub" });
    expect(readSoapRequest("<Envelope><Body><GetProfiles/></Body></Envelope>")).toEqual({
      operation: "GetProfiles",
      profileToken: null,
    });
  });

  test.each(["", "GET /", "<Envelope><Body/></Envelope>", "<Body>text</Body>", `<Body ${"<".repeat(60_000)}`])(
    "is not taken in by %.30s",
    (message) => {
      expect(readSoapRequest(message)).toBeNull();
    },
  );
});

describe("the device service", () => {
  test("says the time field by field, in UTC", () => {
    const said = device("GetSystemDateAndTime");
    expect(["Year", "Month", "Day", "Hour", "Minute", "Second"].map((name) => textOf(said, name))).toEqual(
      "2026 2 3 4 5 6".split(" "),
    );
  });

  test("offers device and media where the caller reached it, and no Media 2", () => {
    for (const operation of ["GetServices", "GetCapabilities"]) {
      const addresses = device(operation).match(/<(?:tds|tt):XAddr>[^<]*/g);
      expect(addresses?.map((text) => text.split(">")[1])).toEqual([
        "http://10.0.0.9:80/onvif/device_service",
        "http://10.0.0.9:80/onvif/media_service",
      ]);
      expect(device(operation)).not.toContain("ver20");
    }
  });

  test("escapes what it is called", () => {
    expect(device("GetDeviceInformation")).toContain("<tds:Manufacturer>Make &amp; &lt;Sons&gt;</tds:Manufacturer>");
    expect(device("GetDeviceInformation")).toContain("<tds:Model>M&quot;1</tds:Model>");
    expect(textOf(device("GetEndpointReference"), "GUID")).toBe(camera.endpoint);
    expect(device("GetScopes")).toContain("onvif://www.onvif.org/name/Front%20door%2F1<");
  });

  test("does not know what it does not do", () => {
    expect(answerDevice("SystemReboot", camera, origins.http, 0).status).toBe(500);
  });
});

describe("the media service", () => {
  test("lists main and sub with size, rate and coding", () => {
    const { message } = media("GetProfiles", null);
    expect(message.match(/<trt:Profiles token="\w+"/g)).toEqual([
      '<trt:Profiles token="main"',
      '<trt:Profiles token="sub"',
    ]);
    expect(message).toContain("<tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution>");
    expect(message.match(/<tt:Encoding>H264</g)).toHaveLength(2);
    expect(media("GetVideoSources", null).message).toContain("<tt:Width>1920</tt:Width><tt:Height>1080</tt:Height>");
  });

  test("gives stream addresses without credentials, and knows no other profile", () => {
    expect(textOf(media("GetStreamUri", "sub").message, "Uri")).toBe("rtsp://10.0.0.9:554/sub");
    expect(media("GetStreamUri", "other")).toMatchObject({ status: 400, message: soapMessage(NO_PROFILE.body) });
    expect(media("GetStreamUri", null).status).toBe(400);
  });

  test("has snapshots only when there is a picture", () => {
    expect(media("GetSnapshotUri", "sub").status).toBe(500);
    const { message } = media("GetSnapshotUri", "sub", { snapshot: new Uint8Array(1) });
    expect(textOf(message, "Uri")).toBe("http://10.0.0.9:80/snapshot/sub");
  });
});

test("faults carry their codes nested and their reason in English", () => {
  const { status, body } = fault("Sender", ["InvalidArgVal", "NoProfile"], "no <such>");
  expect(status).toBe(400);
  expect(body.text).toBe(
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:InvalidArgVal</s:Value>" +
      "<s:Subcode><s:Value>ter:NoProfile</s:Value></s:Subcode></s:Subcode></s:Code>" +
      '<s:Reason><s:Text xml:lang="en">no &lt;such&gt;</s:Text></s:Reason></s:Fault>',
  );
  expect(ACCOUNT_LOCKED.body.text).toContain("locked");
});
