import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAnswer, RtspReader } from "#demo/camera/rtsp-message";

const describeRequest = "DESCRIBE rtsp://127.0.0.1/sub RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n";
const withBody = "SET_PARAMETER rtsp://127.0.0.1/sub RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 5\r\n\r\nab\r\nc";
const rtcp = "$\x01\x00\x08\x80\xc9\x00\x01\r\n\r\n";

function readAll(text: string, chunkBytes: number): string[] {
  const reader = new RtspReader();
  const bytes = Buffer.from(text, "latin1");
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    for (const { method, headers } of reader.push(bytes.subarray(at, at + chunkBytes))) {
      found.push(`${method} ${headers.get("cseq")}`);
    }
  }
  return found;
}

describe("RtspReader", () => {
  test("finds the requests between reports and bodies, however the bytes arrive", () => {
    const text = `${describeRequest}${rtcp}${withBody}\r\n${rtcp}${describeRequest}`;
    for (let chunkBytes = 1; chunkBytes <= text.length; chunkBytes += 1) {
      expect(readAll(text, chunkBytes)).toEqual(["DESCRIBE 2", "SET_PARAMETER 3", "DESCRIBE 2"]);
    }
  });

  test("keeps header values that hold colons", () => {
    const [request] = new RtspReader().push(Buffer.from(describeRequest.replace("CSeq: 2", "X: a: b")));
    expect(request?.headers.get("x")).toBe("a: b");
    expect(request?.url).toBe("rtsp://127.0.0.1/sub");
  });

  test.each([
    ["a head without end", "A".repeat(17 * 1024)],
    ["a head that ends too late", `OPTIONS * RTSP/1.0\r\nX: ${"x".repeat(17 * 1024)}\r\n\r\n`],
    ["a body that is too long", "OPTIONS * RTSP/1.0\r\nContent-Length: 16385\r\n\r\n"],
    ["a length that is no number", "OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n"],
    ["another protocol", "GET / HTTP/1.1\r\n\r\n"],
    ["a header without colon", "OPTIONS * RTSP/1.0\r\nnonsense\r\n\r\n"],
  ])("throws on %s", (_, text) => {
    expect(() => readAll(text, 1000)).toThrow();
  });

  test("any bytes are either read or refused, and the next reader is unharmed", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        const reader = new RtspReader();
        try {
          for (const chunk of chunks) reader.push(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(readAll(describeRequest, 7)).toEqual(["DESCRIBE 2"]);
      }),
    );
  });
});

test("an answer counts its body in bytes", () => {
  const answer = formatAnswer({ status: 200, headers: { A: "b" }, body: "é" }, "4").toString();
  expect(answer).toBe("RTSP/1.0 200 OK\r\nCSeq: 4\r\nA: b\r\nContent-Length: 2\r\n\r\né");
});
