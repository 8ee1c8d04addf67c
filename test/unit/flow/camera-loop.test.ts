import { describe, expect, it } from "vitest";
import type { FaceDescription, FoundFace, Picture } from "#core/face";
import type { Box } from "#core/geometry";
import { LimenError } from "#errors";
import { createCameraEye } from "#flow/camera-eye";
import { runCameraLoop } from "#flow/camera-loop";
import type { DoorDesk } from "#flow/door-desk";
import type { Sighting } from "#flow/sighting";
import type { Frame } from "#ports/frame-source";
import { faceAt, frameAt, templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { RecordingBoard } from "../../fakes/recording-board";

class RecordingDesk implements DoorDesk {
  readonly said: string[] = [];
  wanting = true;
  readonly looks: number[] = [];
  saw(sightings: readonly Sighting[]): void {
    this.looks.push(sightings.length);
  }
  wants(): boolean {
    this.said.push("wants");
    return this.wanting;
  }
  async consider(): Promise<void> {
    this.said.push("consider");
  }
  failed(): void {
    this.said.push("failed");
  }
  async tick(): Promise<void> {}
  async left(): Promise<void> {
    this.said.push("left");
  }
}

function scene() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const desk = new RecordingDesk();
  const metrics = new RecordingMetrics();
  const logger = new RecordingLogger();
  const board = new RecordingBoard();
  let push: (frame: Frame | null) => void = () => {};
  const frames = async function* () {
    for (;;) {
      const frame = await new Promise<Frame | null>((resolve) => {
        push = resolve;
      });
      if (frame === null) return;
      yield frame;
    }
  };
  const finder = {
    modelId: "model-a",
    samePersonCosine: 0.5,
    minNorm: 3,
    borderlineNorm: 3,
    faces: [faceAt(100, 80)] as FoundFace[],
    closer: [] as (readonly Box[])[],
    find: async (_: Picture, closer: readonly Box[] = []) => {
      finder.closer.push(closer);
      return finder.faces;
    },
    describe: async (): Promise<FaceDescription> => ({ template: templateOf(0), liveness: null }),
  };
  const back: Frame[] = [];
  const giveBack = (frame: Frame): void => {
    back.push(frame);
  };
  const source = {
    frames,
    giveBack,
    health: () => ({ state: "streaming", code: null, restarts: 0, lastFrameAtMs: 0 }) as const,
  };
  const eye = { ...createCameraEye({ camera: "front", clock, logger, metrics }) };
  const signs: string[] = [];
  const say = (sign: string) => (): void => void signs.push(sign);
  const running = runCameraLoop(
    {
      camera: "front",
      source,
      finder,
      closeUp: { tile: { width: 480, height: 360 }, whole: { width: 640, height: 480 } },
      desks: () => [desk],
      eye,
      board,
      maxFrameAgeMs: 1500,
      lookIntervalMs: 100,
      life: { ticks: { beat: say("beat") }, pictures: { begin: say("begin"), end: say("end") } },
      clock,
      logger,
      metrics,
    },
    stop.signal,
  );
  const show = async (ageMs = 10, changes: Partial<Frame> = {}): Promise<void> => {
    await flush();
    push({ ...frameAt(clock.monotonicMs() - ageMs), ...changes });
    await flush();
  };
  const end = async (): Promise<void> => {
    stop.abort();
    push(null);
    await running;
  };
  return { clock, desk, metrics, logger, board, finder, eye, back, signs, show, end };
}

describe("the camera loop", () => {
  it("shows that it goes on: with each tick, and with the end of each picture's turn, good or bad", async () => {
    const s = scene();
    await s.show();
    await s.clock.advance(500);
    s.finder.find = async () => {
      throw new LimenError("LIMEN_MODEL_RUN", "failed");
    };
    await s.show();
    expect(s.signs).toEqual(["begin", "end", "beat", "begin", "end"]);
    s.finder.find = () => new Promise(() => {});
    await s.show();
    await s.clock.advance(500);
    expect(s.signs.slice(5)).toEqual(["begin", "beat"]);
  });

  it("brings each face to the door's desk, which asks for a description first", async () => {
    const s = scene();
    await s.show();
    expect(s.desk.said).toEqual(["wants", "consider"]);
    await s.end();
  });

  it("shows each look's faces to whoever watches live, and that they have gone", async () => {
    const s = scene();
    await s.show();
    s.finder.faces = [];
    await s.show();
    const { box } = faceAt(100, 80);
    expect(s.board.looks.map(({ camera, look }) => [camera, look.faces])).toEqual([
      ["front", [{ track: 1, box }]],
      ["front", []],
    ]);
    await s.end();
  });

  it("brings nobody to the desk in a picture the camera could not be judged by, says so once, and goes on", async () => {
    const s = scene();
    const { see } = s.eye;
    s.eye.see = () => {
      throw new Error("the numbers make no sense");
    };
    await s.show();
    await s.show();
    expect(s.desk.said).toEqual([]);
    expect(s.logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    s.eye.see = see;
    await s.show();
    expect(s.desk.said).toEqual(["wants", "consider"]);
    await s.end();
  });

  it("gives back a picture that shows nobody, one not worth a look and one too old", async () => {
    const s = scene();
    s.finder.faces = [];
    await s.show(10, { sequence: 1 });
    await s.show(10, { sequence: 2 });
    await s.show(1501, { sequence: 3 });
    expect(s.finder.closer).toHaveLength(1);
    expect(s.back.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    await s.end();
  });

  it("never gives back a picture that shows a face: it may be the record's", async () => {
    const s = scene();
    await s.show();
    s.desk.wanting = false;
    await s.show();
    expect(s.desk.said).toEqual(["wants", "consider", "wants"]);
    expect(s.back).toEqual([]);
    await s.end();
  });

  it("gives back no picture that could not be judged, nor one that is still being looked at", async () => {
    const s = scene();
    s.finder.find = async () => {
      throw new LimenError("LIMEN_MODEL_RUN", "no model");
    };
    await s.show();
    const { see } = s.eye;
    s.eye.see = () => {
      throw new Error("the numbers make no sense");
    };
    await s.show();
    s.eye.see = see;
    let answer: (faces: FoundFace[]) => void = () => {};
    s.finder.find = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await s.clock.advance(2000);
    await s.show(10, { sequence: 9 });
    expect(s.back).toEqual([]);
    answer([]);
    await flush();
    expect(s.back.map(({ sequence }) => sequence)).toEqual([9]);
    await s.end();
  });

  it("describes nobody whom no desk wants", async () => {
    const s = scene();
    s.desk.wanting = false;
    s.finder.describe = async () => {
      throw new Error("must not be called");
    };
    await s.show();
    expect(s.desk.said).toEqual(["wants"]);
    await s.end();
  });

  it("never looks at a frame that is too old", async () => {
    const s = scene();
    await s.show(1501);
    expect(s.desk.said).toEqual([]);
    expect(s.metrics.of("limen_frames_stale_total")).toBe(1);
    await s.end();
  });

  it("looks closer at a large picture's known faces, and at a small one only once", async () => {
    const s = scene();
    const large = { width: 1280, height: 720, rgb: new Uint8Array(1280 * 720 * 3) };
    s.finder.faces = [faceAt(1100, 600, 50)];
    await s.show(10, large);
    await s.clock.advance(100);
    await s.show(10, large);
    await s.clock.advance(100);
    await s.show();
    expect(s.finder.closer.map((tiles) => tiles.length)).toEqual([3, 1, 0]);
    expect(s.finder.closer[1]).toEqual([{ left: 800, top: 360, width: 480, height: 360 }]);
    await s.end();
  });

  it("says that the face has left, also when no frame comes any more", async () => {
    const s = scene();
    await s.show();
    for (let i = 0; i < 8; i++) await s.clock.advance(500);
    expect(s.desk.said).toEqual(["wants", "consider", "left"]);
    await s.end();
  });

  it("survives models that fail, says so once, and goes on", async () => {
    const s = scene();
    const fail = async (): Promise<never> => {
      throw new LimenError("LIMEN_MODEL_RUN", "broken");
    };
    const { find, describe: good } = s.finder;
    s.finder.find = fail;
    for (let i = 0; i < 3; i++) {
      await s.clock.advance(2100);
      await s.show();
    }
    expect(s.logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    s.finder.find = find;
    s.finder.describe = fail;
    await s.clock.advance(2100);
    await s.show();
    expect(s.desk.said).toEqual(["wants", "failed"]);
    s.finder.describe = good;
    await s.show();
    expect(s.desk.said.slice(2)).toEqual(["wants", "consider"]);
    await s.end();
  });
});
