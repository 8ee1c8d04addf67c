import { describe, expect, it } from "vitest";
import { chooseStream, type StreamCodec, type StreamProfile } from "#core/stream-choice";

function offer(width: number, height: number, codec: StreamCodec = "H264"): StreamProfile {
  return { token: `${codec}-${width}`, name: "", width, height, codec, fps: 25 };
}

describe("the stream that is taken", () => {
  it("is the smallest that is as wide as the picture searched for faces", () => {
    const offers = [offer(1920, 1080), offer(640, 360), offer(1280, 720), offer(320, 180)];
    expect(chooseStream(offers, 640)?.token).toBe("H264-640");
    expect(chooseStream(offers, 641)?.token).toBe("H264-1280");
  });

  it("is H.264 rather than H.265 of the same size, whatever comes first", () => {
    const both = [offer(640, 360, "H265"), offer(640, 360)];
    expect(chooseStream(both, 640)?.codec).toBe("H264");
    expect(chooseStream(both.toReversed(), 640)?.codec).toBe("H264");
  });

  it("is a small H.265 rather than a large H.264: decoding nine times the pixels costs more", () => {
    expect(chooseStream([offer(1920, 1080), offer(640, 360, "H265")], 640)?.codec).toBe("H265");
  });

  it("is the largest when none is wide enough", () => {
    const offers = [offer(320, 180), offer(480, 270, "H265"), offer(480, 270)];
    expect(chooseStream(offers, 640)).toEqual(offer(480, 270));
  });

  it("is never JPEG, an unknown codec or one without a size", () => {
    const useless = [offer(640, 360, "JPEG"), offer(640, 360, "unknown"), offer(0, 0), offer(640, 0)];
    expect(chooseStream(useless, 640)).toBeNull();
    expect(chooseStream([...useless, offer(1920, 1080)], 640)?.token).toBe("H264-1920");
    expect(chooseStream([], 640)).toBeNull();
  });
});
