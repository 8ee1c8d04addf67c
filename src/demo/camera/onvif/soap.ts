import { type Markup, textOf, xml } from "#demo/camera/onvif/xml";

/** One call, as far as a simulated camera cares. */
export interface SoapRequest {
  /** Local name of the body's first element: "GetProfiles". */
  readonly operation: string;
  readonly profileToken: string | null;
}

/** Reads a call; null when it is no SOAP message with something in its body. Prefixes are the client's own business. */
export function readSoapRequest(message: string): SoapRequest | null {
  const body = /<(?:[\w.-]+:)?Body(?:\s[^<>]*)?>\s*<(?:[\w.-]+:)?(\w{1,64})[\s/>]/.exec(message);
  return body === null ? null : { operation: String(body[1]), profileToken: textOf(message, "ProfileToken") };
}

/** SOAP 1.2 with the prefixes ONVIF's own documents use: device, media, schema, error. */
export function soapMessage(body: Markup): string {
  const message = xml`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
    xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"
    xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error">
    <s:Body>${body}</s:Body></s:Envelope>`;
  return `<?xml version="1.0" encoding="UTF-8"?>${message.text}`;
}

export interface SoapAnswer {
  readonly status: number;
  readonly body: Markup;
}

export function ok(body: Markup): SoapAnswer {
  return { status: 200, body };
}

/** A refusal: 400 when the caller is to blame, 500 when the camera is (ONVIF Core §5.8.2). `subcodes` from general to special. */
export function fault(blames: "Sender" | "Receiver", subcodes: readonly string[], reason: string): SoapAnswer {
  const nested = subcodes.reduceRight<Markup>(
    (inner, code) => xml`<s:Subcode><s:Value>ter:${code}</s:Value>${inner}</s:Subcode>`,
    xml``,
  );
  return {
    status: blames === "Sender" ? 400 : 500,
    body: xml`<s:Fault><s:Code><s:Value>s:${blames}</s:Value>${nested}</s:Code>
      <s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason></s:Fault>`,
  };
}

export const NOT_AUTHORISED = fault("Sender", ["NotAuthorized"], "Sender not Authorized");
/** ONVIF has no word for it; cameras say it in the reason. */
export const ACCOUNT_LOCKED = fault("Sender", ["NotAuthorized"], "Sender not Authorized: the account is locked");
export const NOT_SUPPORTED = fault("Receiver", ["ActionNotSupported"], "Optional Action Not Implemented");
export const NOT_WELL_FORMED = fault("Sender", ["WellFormed"], "Well-formed Error");
export const NO_PROFILE = fault("Sender", ["InvalidArgVal", "NoProfile"], "Profile token does not exist");
