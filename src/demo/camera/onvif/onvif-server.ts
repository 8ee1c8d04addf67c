import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { systemClock } from "#adapters/clock/system-clock";
import type { OnvifCamera, OnvifState } from "#demo/camera/onvif/camera";
import { answerDevice, DEVICE_PATH, MEDIA_PATH } from "#demo/camera/onvif/device";
import { answerMedia, SNAPSHOT_PATH } from "#demo/camera/onvif/media";
import {
  ACCOUNT_LOCKED,
  NOT_AUTHORISED,
  NOT_SUPPORTED,
  NOT_WELL_FORMED,
  readSoapRequest,
  type SoapAnswer,
  type SoapRequest,
  soapMessage,
} from "#demo/camera/onvif/soap";
import { readUsernameToken } from "#demo/camera/onvif/username-token";
import { LimenError, messageOf } from "#errors";

const MAX_BODY_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 32;
const REQUEST_TIMEOUT_MS = 10_000;

/** Calls that need no password (ONVIF Core, access class PRE_AUTH), as far as this camera knows them. */
const OPEN_OPERATIONS: Readonly<Record<OnvifState["preAuth"], readonly string[]>> = {
  open: ["GetSystemDateAndTime", "GetServices", "GetCapabilities", "GetEndpointReference"],
  closed: ["GetSystemDateAndTime"],
};

export interface OnvifServer extends AsyncDisposable {
  readonly port: number;
}

export interface OnvifServerOptions {
  readonly host: string;
  readonly port: number;
  readonly camera: OnvifCamera;
  readonly state: OnvifState;
}

/** Serves a camera's device and media service and its snapshots over HTTP. Throws LIMEN_DEMO_FAILED when it cannot listen. */
export async function openOnvifServer({ host, port, camera, state }: OnvifServerOptions): Promise<OnvifServer> {
  let boundPort = port;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    response.on("error", () => response.destroy()); // the caller went away: its business, not ours
    answer(request, response, { camera, state, port: boundPort }).catch(() => response.destroy());
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    throw new LimenError("LIMEN_DEMO_FAILED", `the simulated camera's ONVIF cannot listen: ${messageOf(cause)}`, {
      hint: "Choose another port, or port 0 for any free one.",
      cause,
    });
  }
  const address = server.address();
  if (address !== null && typeof address === "object") boundPort = address.port;
  let closing: Promise<void> | undefined;
  return {
    port: boundPort,
    async [Symbol.asyncDispose]() {
      closing ??= new Promise((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closing;
    },
  };
}

interface Served {
  readonly camera: OnvifCamera;
  readonly state: OnvifState;
  readonly port: number;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const body = await bodyOf(request);
  if (served.state.isMute) return; // the connection ends when the caller, or the camera, has had enough
  if (body === null) {
    response.writeHead(413, { Connection: "close" }).end();
  } else if (request.method === "POST" && (request.url === DEVICE_PATH || request.url === MEDIA_PATH)) {
    answerCall(request, response, body, served);
  } else if (request.method === "GET" && request.url?.startsWith(SNAPSHOT_PATH) === true) {
    answerSnapshot(request, response, served);
  } else {
    response.writeHead(404).end();
  }
}

/** Null when it is longer than a call can be; the rest is then not read. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answerCall(request: IncomingMessage, response: ServerResponse, body: string, served: Served): void {
  const { camera, state } = served;
  const call = readSoapRequest(body);
  const isAllowed = call !== null && (isOpen(call, state) || isAuthenticated(request, body, served));
  if (call !== null && !isAllowed && camera.auth === "digest") {
    const headers = { "WWW-Authenticate": camera.account.challenge("auth") };
    send(response, { ...refusal(served), status: 401 }, state, headers);
  } else if (call === null) {
    send(response, NOT_WELL_FORMED, state);
  } else {
    send(response, isAllowed ? answerAllowed(request, call, served) : refusal(served), state);
  }
}

function isOpen({ operation }: SoapRequest, { preAuth }: OnvifState): boolean {
  return OPEN_OPERATIONS[preAuth].includes(operation);
}

function isAuthenticated(request: IncomingMessage, body: string, { camera, state }: Served): boolean {
  return camera.auth === "digest"
    ? camera.account.acceptsDigest(request.method ?? "", request.headers.authorization)
    : camera.account.acceptsToken(readUsernameToken(body), cameraNowMs(state));
}

function refusal({ camera }: Served): SoapAnswer {
  return camera.account.isLocked ? ACCOUNT_LOCKED : NOT_AUTHORISED;
}

function answerAllowed(request: IncomingMessage, call: SoapRequest, { camera, state, port }: Served): SoapAnswer {
  const host = hostOf(request);
  const http = `http://${host}:${port}`;
  if (request.url === DEVICE_PATH) return answerDevice(call.operation, camera, http, cameraNowMs(state));
  if (request.url !== MEDIA_PATH) return NOT_SUPPORTED;
  const rtsp = `rtsp://${state.streamHost ?? host}:${camera.rtspPort}`;
  return answerMedia(call, camera, state.hasProfiles ? camera.profiles : [], { http, rtsp });
}

function answerSnapshot(request: IncomingMessage, response: ServerResponse, { camera, state }: Served): void {
  const token = request.url?.slice(SNAPSHOT_PATH.length);
  const isKnown = state.hasProfiles && camera.profiles.some((profile) => encodeURIComponent(profile.token) === token);
  if (!camera.account.acceptsDigest("GET", request.headers.authorization)) {
    response.writeHead(401, { "WWW-Authenticate": camera.account.challenge("auth") }).end();
  } else if (camera.snapshot === null || !isKnown) {
    response.writeHead(404).end();
  } else {
    const headers = { "Content-Type": "image/jpeg", "Content-Length": camera.snapshot.length };
    response.writeHead(200, { ...headers, "Cache-Control": "no-store" }).end(camera.snapshot);
  }
}

function send(
  response: ServerResponse,
  { status, body }: SoapAnswer,
  { isMalformed }: OnvifState,
  headers: Readonly<Record<string, string>> = {},
): void {
  const message = soapMessage(body);
  const sent = isMalformed ? message.slice(0, Math.floor(message.length * 0.7)) : message;
  // With its length, as cameras send it: not every client can put chunks together.
  const plain = { "Content-Type": "application/soap+xml; charset=utf-8", "Content-Length": Buffer.byteLength(sent) };
  response.writeHead(status, { ...plain, ...headers }).end(sent);
}

function cameraNowMs({ clockSkewS }: OnvifState): number {
  return systemClock.now() + clockSkewS * 1000;
}

/** The host the caller used, without a port, when it is one; otherwise the address it reached. */
function hostOf(request: IncomingMessage): string {
  const asked = /^(\[[0-9a-f:.]{2,45}\]|[\w.-]{1,253})(?::\d{1,5})?$/i.exec(request.headers.host ?? "")?.[1];
  const reached = request.socket.localAddress ?? "127.0.0.1";
  return asked ?? (reached.includes(":") ? `[${reached}]` : reached);
}
