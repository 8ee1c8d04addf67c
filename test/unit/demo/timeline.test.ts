import { describe, expect, test } from "vitest";
import { CAST_FILES, DEMO_VISITS, ENROLLED_PEOPLE, PICTURE_ATTACK_VISIT } from "#demo/clip/cast";
import { clipTimeline } from "#demo/clip/timeline";
import type { ClipVisit } from "#demo/clip/visit";

const shape = { width: 640, height: 360, fps: 20 };

describe("clipTimeline", () => {
  test("three empty seconds, then six with a visitor and three without", () => {
    const { frames, visits } = clipTimeline(DEMO_VISITS, shape);
    expect(frames).toBe(57 * 20);
    expect(visits.map(({ id, startFrame, endFrame }) => [id, startFrame, endFrame])).toEqual([
      ["A", 60, 180],
      ["S1", 240, 360],
      ["B", 420, 540],
      ["C", 600, 720],
      ["S2", 780, 900],
      ["H", 960, 1080],
    ]);
  });

  test.each([
    [640, 360, 140],
    [1280, 720, 280],
  ])("at %ix%i the face grows from 30 px to %i px in 2.5 s, stays for 2 s and shrinks again", (width, height, near) => {
    const visit = clipTimeline(DEMO_VISITS, { width, height, fps: 20 }).visits[1];
    const heightAt = (second: number): number => visit?.nominalHeightPx(240 + second * 20) ?? Number.NaN;
    expect(heightAt(0)).toBeCloseTo(30);
    expect(heightAt(1)).toBeGreaterThan(heightAt(0.5));
    expect(heightAt(2.5)).toBeCloseTo(near);
    expect(heightAt(4.5)).toBeCloseTo(near);
    expect(heightAt(5.5)).toBeLessThan(near / 2);
    expect(heightAt(-0.05)).toBe(0);
    expect(heightAt(6)).toBe(0);
  });
});

describe("other ways to walk", () => {
  const [ada, stranger, ben] = DEMO_VISITS;
  const heights = (visit: ClipVisit | undefined, ...seconds: number[]): number[] => {
    const [timed] = clipTimeline(visit === undefined ? [] : [visit], shape).visits;
    return seconds.map((second) => Math.round(timed?.nominalHeightPx(60 + second * 20) ?? Number.NaN));
  };

  test("two may come together: their visits begin at once, and the clip is no longer for it", () => {
    if (ada === undefined || stranger === undefined || ben === undefined) throw new Error("the cast is gone");
    const { frames, visits } = clipTimeline([ada, { ...stranger, isTogether: true }, ben], shape);
    expect(visits.map(({ startFrame }) => startFrame)).toEqual([60, 60, 240]);
    expect(frames).toBe(21 * 20);
  });

  test("who walks past keeps their distance", () => {
    const past = ada && { ...ada, walk: { kind: "past", facePx: 60, speed: 1.2 } as const };
    expect(heights(past, 0, 1, 3)).toEqual([60, 60, 60]);
  });

  test("who walks away is half as high at twice the distance", () => {
    // 80 px are 23 cm at 1.01 m (0.55 picture widths to the lens); a second later at 1.2 m/s it is 2.21 m.
    const away = ada && { ...ada, walk: { kind: "away", facePx: 80, speed: 1.2 } as const };
    expect(heights(away, 0, 1)).toEqual([80, 37]);
  });
});

describe("the cast", () => {
  test("who is enrolled is granted and nobody else", () => {
    const enrolled = ENROLLED_PEOPLE.map((person) => person.id);
    for (const visit of DEMO_VISITS) {
      expect(visit.expected).toBe(visit.person === null ? "denied" : "granted");
      if (visit.person !== null) expect(enrolled).toContain(visit.person);
    }
    expect(DEMO_VISITS.map((visit) => visit.id)).toEqual(["A", "S1", "B", "C", "S2", "H"]);
  });

  test("the picture attack is named as one and stays out of the ordinary visits", () => {
    expect(PICTURE_ATTACK_VISIT).toMatchObject({ id: "photo", expected: "granted", isPictureAttack: true });
    expect(DEMO_VISITS.some((visit) => visit.isPictureAttack)).toBe(false);
  });

  test("every picture is one of the files the set-up fetches, and every file is used", () => {
    const pictures = [...DEMO_VISITS, PICTURE_ATTACK_VISIT, ...ENROLLED_PEOPLE].map(({ picture }) => picture.file);
    expect(new Set(pictures)).toEqual(new Set(CAST_FILES));
  });

  test("nobody is enrolled with the picture they visit with", () => {
    for (const { id, picture } of ENROLLED_PEOPLE) {
      const visits = DEMO_VISITS.filter((visit) => visit.person === id);
      expect(visits.map((visit) => visit.picture.file)).not.toContain(picture.file);
    }
  });
});
