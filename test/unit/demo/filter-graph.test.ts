import { describe, expect, test } from "vitest";
import { DEMO_VISITS, PICTURE_ATTACK_VISIT } from "#demo/clip/cast";
import { filterGraph } from "#demo/clip/filter-graph";

const shape = { width: 640, height: 360, fps: 20 };

describe("filterGraph", () => {
  test("reads stills for the length of a visit and videos from their moment on", () => {
    const { inputs } = filterGraph(DEMO_VISITS, shape);
    expect(inputs[0]?.file).toBe("sample1.jpg");
    expect(inputs[0]?.options.slice(4)).toEqual(["-loop", "1", "-framerate", "20", "-t", "6"]);
    expect(inputs[3]).toEqual({ file: "franck.mp4", options: ["-ss", "150", "-t", "6"] });
    expect(inputs).toHaveLength(6);
  });

  test("every label that is read was made once, and the only one left over is the output", () => {
    const { text } = filterGraph([...DEMO_VISITS, PICTURE_ATTACK_VISIT], shape);
    const made: string[] = [];
    const read: string[] = [];
    for (const chain of text.split(";")) {
      const [, before = "", after = ""] = /^((?:\[[^\]]+\])*).*?((?:\[[^\]]+\])*)$/s.exec(chain) ?? [];
      read.push(...(before.match(/\[[^\]]+\]/g) ?? []));
      made.push(...(after.match(/\[[^\]]+\]/g) ?? []));
    }
    expect(new Set(made).size).toBe(made.length);
    expect(made.filter((label) => !read.includes(label))).toEqual(["[out]"]);
    expect(read.filter((label) => !made.includes(label))).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `[${n}:v]`));
  });

  test("follows the asked rate and size everywhere", () => {
    const { inputs, text } = filterGraph(DEMO_VISITS, { width: 1280, height: 720, fps: 10 });
    expect(inputs[0]?.options).toContain("10");
    expect(text).toContain("color=0x9a9a96:s=1280x720:r=10:d=57,");
    expect(text.match(/fps=10,/g)).toHaveLength(6);
    expect(text).not.toContain("20,");
  });

  test("a face of any crop ends 140 px high at 640x360: the crop is enlarged by that much", () => {
    const { text } = filterGraph(DEMO_VISITS.slice(0, 1), shape);
    expect(text).toContain("crop=420:458:1352:138,fps=20,scale=306:334:"); // 420 × 140 / 192, 458 × 140 / 192, even
  });

  test("at 1280x720 the visitor still begins 30 px small, further away", () => {
    expect(filterGraph(DEMO_VISITS, { ...shape, width: 1280, height: 720 }).text).toContain("(1+8.3333*(");
    expect(filterGraph(DEMO_VISITS, shape).text).toContain("(1+3.6667*(");
  });

  test("who walks past at 1.2 m/s crosses a 640 px picture in two seconds, with a face of 60 px", () => {
    const [ada] = DEMO_VISITS;
    const past = ada && { ...ada, walk: { kind: "past", facePx: 60, speed: 1.2 } as const };
    const { text } = filterGraph(past ? [past] : [], shape);
    expect(text).toContain("overlay=x='W*0.4891*(t-3)-306/2.3333/2"); // 1.2 / 0.23 faces of 60 px are 313 px a second
  });

  test("who keeps to one side stands there", () => {
    const [ada] = DEMO_VISITS;
    expect(filterGraph(ada ? [{ ...ada, aside: -0.2 }] : [], shape).text).toMatch(/overlay=x='W\/2-[^']*\+W\*-0\.2'/);
  });

  test("only the picture attack wears a telephone", () => {
    expect(filterGraph(DEMO_VISITS, shape).text).not.toMatch(/pad=|rotate=/);
    expect(filterGraph([PICTURE_ATTACK_VISIT], shape).text).toMatch(/pad=.*rotate=/s);
  });

  test("an empty cast is an empty scene", () => {
    expect(filterGraph([], shape)).toMatchObject({ inputs: [], text: expect.stringContaining("d=3,") });
  });
});
