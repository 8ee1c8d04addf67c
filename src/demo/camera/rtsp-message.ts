/** One RTSP request (RFC 2326 §6). Header names are lower-case. */
export interface RtspRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
}

export interface RtspAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 16 * 1024;
const INTERLEAVED = 0x24;
const INTERLEAVED_HEADER_BYTES = 4;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  453: "Not Enough Bandwidth",
  454: "Session Not Found",
  455: "Method Not Valid in This State",
  461: "Unsupported Transport",
};

/**
 * Cuts what one client sends into requests. Interleaved binary frames (a client's RTCP reports, RFC 2326 §10.12) are passed
 * over, bodies are read and dropped: no method here needs one. Keeps at most one head and one body; `push` throws on anything
 * longer or not RTSP/1.0, and the connection is then to be closed.
 */
export class RtspReader {
  #pending = Buffer.alloc(0);
  /** Bytes still to be passed over: the rest of a binary frame, or of a body. */
  #skip = 0;

  push(chunk: Uint8Array): RtspRequest[] {
    this.#pending = this.#pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#pending, chunk]);
    const requests: RtspRequest[] = [];
    while (this.#passOver()) {
      const end = this.#pending.indexOf("\r\n\r\n");
      if (end > MAX_HEAD_BYTES || (end < 0 && this.#pending.length > MAX_HEAD_BYTES))
        throw new Error("request head too long");
      if (end < 0) break;
      const request = parseHead(this.#pending.toString("latin1", 0, end));
      this.#pending = this.#pending.subarray(end + 4);
      this.#skip = bodyBytes(request);
      requests.push(request);
    }
    return requests;
  }

  /** Drops what must not be parsed; true when the pending bytes start with the beginning of a request. */
  #passOver(): boolean {
    for (;;) {
      const dropped = Math.min(this.#skip, this.#pending.length);
      this.#pending = this.#pending.subarray(dropped);
      this.#skip -= dropped;
      const first = this.#pending[0];
      if (first === undefined) return false;
      if (first === 0x0d || first === 0x0a) {
        this.#skip = 1; // stray line ends between requests are allowed (RFC 2326 §4.1)
      } else if (first === INTERLEAVED) {
        if (this.#pending.length < INTERLEAVED_HEADER_BYTES) return false;
        this.#skip = INTERLEAVED_HEADER_BYTES + this.#pending.readUInt16BE(2);
      } else {
        return true;
      }
    }
  }
}

function parseHead(head: string): RtspRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const start = /^([A-Z_]{1,32}) (\S+) RTSP\/1\.0$/.exec(first);
  if (start === null) throw new Error("not an RTSP/1.0 request");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error("malformed header line");
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method: String(start[1]), url: String(start[2]), headers };
}

function bodyBytes(request: RtspRequest): number {
  const text = request.headers.get("content-length") ?? "0";
  if (!/^\d{1,9}$/.test(text) || Number(text) > MAX_BODY_BYTES) throw new Error("request body too long");
  return Number(text);
}

/** The answer's bytes. `cseq` must come from a parsed request, so that it holds no line end. */
export function formatAnswer(answer: RtspAnswer, cseq: string): Buffer {
  const body = answer.body ?? "";
  const lines = [`RTSP/1.0 ${answer.status} ${REASONS[answer.status] ?? "Unknown"}`, `CSeq: ${cseq}`];
  for (const [name, value] of Object.entries(answer.headers ?? {})) lines.push(`${name}: ${value}`);
  if (body !== "") lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
