import type { OnvifCamera } from "#demo/camera/onvif/camera";
import { NOT_SUPPORTED, ok, type SoapAnswer } from "#demo/camera/onvif/soap";
import { type Markup, xml } from "#demo/camera/onvif/xml";

const DEVICE_NAMESPACE = "http://www.onvif.org/ver10/device/wsdl";
const MEDIA_NAMESPACE = "http://www.onvif.org/ver10/media/wsdl";

export const DEVICE_PATH = "/onvif/device_service";
export const MEDIA_PATH = "/onvif/media_service";

/**
 * The device service (ONVIF Core, ver10). `origin` is http://host:port as the caller reached the camera, so that the addresses
 * in the answers work on every interface. `nowMs`: the camera's clock. Only Media 1 is offered: with Media 2 beside it, clients
 * ask in other shapes.
 */
export function answerDevice(operation: string, camera: OnvifCamera, origin: string, nowMs: number): SoapAnswer {
  switch (operation) {
    case "GetSystemDateAndTime":
      return ok(dateAndTime(new Date(nowMs)));
    case "GetServices":
      return ok(xml`<tds:GetServicesResponse>
        ${service(DEVICE_NAMESPACE, origin + DEVICE_PATH)}${service(MEDIA_NAMESPACE, origin + MEDIA_PATH)}
        </tds:GetServicesResponse>`);
    case "GetCapabilities":
      return ok(xml`<tds:GetCapabilitiesResponse><tds:Capabilities>
        <tt:Device><tt:XAddr>${origin}${DEVICE_PATH}</tt:XAddr></tt:Device>
        <tt:Media><tt:XAddr>${origin}${MEDIA_PATH}</tt:XAddr></tt:Media>
        </tds:Capabilities></tds:GetCapabilitiesResponse>`);
    case "GetDeviceInformation":
      return ok(xml`<tds:GetDeviceInformationResponse>
        <tds:Manufacturer>${camera.make}</tds:Manufacturer><tds:Model>${camera.model}</tds:Model>
        <tds:FirmwareVersion>1.0.0</tds:FirmwareVersion><tds:SerialNumber>SIM-${camera.endpoint.slice(-12)}</tds:SerialNumber>
        <tds:HardwareId>${camera.model}</tds:HardwareId></tds:GetDeviceInformationResponse>`);
    case "GetScopes": {
      const items = camera.scopes.map(
        (scope) => xml`<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${scope}</tt:ScopeItem></tds:Scopes>`,
      );
      return ok(xml`<tds:GetScopesResponse>${items}</tds:GetScopesResponse>`);
    }
    case "GetEndpointReference":
      return ok(xml`<tds:GetEndpointReferenceResponse><tds:GUID>${camera.endpoint}</tds:GUID>
        </tds:GetEndpointReferenceResponse>`);
    default:
      return NOT_SUPPORTED;
  }
}

function service(namespace: string, address: string): Markup {
  return xml`<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${address}</tds:XAddr>
    <tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>`;
}

function dateAndTime(now: Date): Markup {
  return xml`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>
    <tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>
    <tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime>
    <tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute>
    <tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>
    <tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month>
    <tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime>
    </tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
}
