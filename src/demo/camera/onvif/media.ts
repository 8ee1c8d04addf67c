import type { CameraProfile, OnvifCamera } from "#demo/camera/onvif/camera";
import { NO_PROFILE, NOT_SUPPORTED, ok, type SoapAnswer, type SoapRequest } from "#demo/camera/onvif/soap";
import { type Markup, xml } from "#demo/camera/onvif/xml";

export const SNAPSHOT_PATH = "/snapshot/";

/** Addresses as this caller is to use them: http://host:port of snapshots, rtsp://host:port of streams. */
export interface MediaOrigins {
  readonly http: string;
  readonly rtsp: string;
}

/** The media service (ONVIF Media, ver10). `profiles`: those the camera admits to at this moment. */
export function answerMedia(
  { operation, profileToken }: SoapRequest,
  camera: OnvifCamera,
  profiles: readonly CameraProfile[],
  origins: MediaOrigins,
): SoapAnswer {
  const profile = profiles.find(({ token }) => token === profileToken);
  switch (operation) {
    case "GetProfiles":
      return ok(xml`<trt:GetProfilesResponse>${profiles.map(profileShape)}</trt:GetProfilesResponse>`);
    case "GetVideoSources":
      return ok(xml`<trt:GetVideoSourcesResponse>${videoSource(camera)}</trt:GetVideoSourcesResponse>`);
    case "GetStreamUri":
      if (profile === undefined) return NO_PROFILE;
      return ok(xml`<trt:GetStreamUriResponse>${mediaUri(origins.rtsp + profile.path)}</trt:GetStreamUriResponse>`);
    case "GetSnapshotUri": {
      if (profile === undefined) return NO_PROFILE;
      if (camera.snapshot === null) return NOT_SUPPORTED;
      const uri = origins.http + SNAPSHOT_PATH + encodeURIComponent(profile.token);
      return ok(xml`<trt:GetSnapshotUriResponse>${mediaUri(uri)}</trt:GetSnapshotUriResponse>`);
    }
    default:
      return NOT_SUPPORTED;
  }
}

function mediaUri(uri: string): Markup {
  return xml`<trt:MediaUri><tt:Uri>${uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>
    <tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>`;
}

/** The one lens, as wide as the widest profile. */
function videoSource({ profiles }: OnvifCamera): Markup {
  const width = Math.max(...profiles.map((profile) => profile.width));
  const height = Math.max(...profiles.map((profile) => profile.height));
  const fps = Math.max(...profiles.map((profile) => profile.fps));
  return xml`<trt:VideoSources token="lens"><tt:Framerate>${fps}</tt:Framerate>
    <tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution></trt:VideoSources>`;
}

function profileShape({ token, name, width, height, fps, encoding }: CameraProfile): Markup {
  const h264 = xml`<tt:H264><tt:GovLength>${fps}</tt:GovLength><tt:H264Profile>Baseline</tt:H264Profile></tt:H264>`;
  return xml`<trt:Profiles token="${token}" fixed="true"><tt:Name>${name}</tt:Name>
    <tt:VideoSourceConfiguration token="source-${token}"><tt:Name>${name}</tt:Name><tt:UseCount>1</tt:UseCount>
    <tt:SourceToken>lens</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" height="${height}"/>
    </tt:VideoSourceConfiguration>
    <tt:VideoEncoderConfiguration token="encoder-${token}"><tt:Name>${name}</tt:Name><tt:UseCount>1</tt:UseCount>
    <tt:Encoding>${encoding}</tt:Encoding>
    <tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>
    <tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>${fps}</tt:FrameRateLimit>
    <tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>1024</tt:BitrateLimit></tt:RateControl>
    ${encoding === "H264" ? h264 : []}<tt:SessionTimeout>PT60S</tt:SessionTimeout>
    </tt:VideoEncoderConfiguration></trt:Profiles>`;
}
