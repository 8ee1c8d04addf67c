import { type Reason, wordsFor } from "#core/reason";
import type { Clock } from "#ports/clock";
import type { LiveBoard, LiveDecision, LiveLook } from "#ports/live-board";
import type { LiveTrouble } from "#ports/live-view";

/** What a page that watches a camera is told, besides the video. */
export type LiveNews =
  | {
      readonly kind: "look";
      readonly width: number;
      readonly height: number;
      readonly faces: readonly { readonly track: number; readonly box: readonly number[] }[];
    }
  | {
      readonly kind: "decision";
      readonly door: string;
      readonly track: number;
      readonly result: "grant" | "deny";
      readonly reason: Reason;
      readonly words: string;
      /** Name of the person it is about; null when nobody was recognised, or the person is gone. */
      readonly name: string | null;
      readonly score: number | null;
      /** How long ago it was made. */
      readonly agoMs: number;
    }
  | { readonly kind: "trouble"; readonly trouble: LiveTrouble | null };

type Decision = Extract<LiveNews, { kind: "decision" }>;

export interface LiveRoom {
  readonly board: LiveBoard;
  /** Tells of everything at this camera from now on, the last decisions first. */
  watch(camera: string, tell: (news: LiveNews) => void): Disposable;
}

/** Decisions kept for whoever opens the page a little later. */
const REMEMBERED = 8;

/** The board that flow writes on, for the console's pages. Names are looked up here, and go to signed-in pages only. */
export function createLiveRoom(parts: {
  clock: Clock;
  nameOf: (personId: string) => Promise<string | null>;
}): LiveRoom {
  const { clock } = parts;
  const watchers = new Map<string, Set<(news: LiveNews) => void>>();
  const remembered = new Map<string, readonly { readonly atMs: number; readonly news: Decision }[]>();

  const broadcast = (camera: string, news: LiveNews): void => {
    for (const tell of watchers.get(camera) ?? []) tell(news);
  };

  const nameFor = async (personId: string | null): Promise<string | null> => {
    if (personId === null) return null;
    try {
      return await parts.nameOf(personId);
    } catch {
      // The decision stands without the name; whoever reads the database for decisions has said what is wrong.
      return null;
    }
  };

  // Names take differently long to look up; decisions are told in the order in which they were made.
  let last: Promise<void> = Promise.resolve();

  const publish = async (camera: string, { personId, ...decision }: LiveDecision, atMs: number): Promise<void> => {
    const name = await nameFor(personId);
    const news: Decision = { kind: "decision", ...decision, words: wordsFor(decision.reason), name, agoMs: 0 };
    remembered.set(camera, [...(remembered.get(camera) ?? []), { atMs, news }].slice(-REMEMBERED));
    broadcast(camera, news);
  };

  return {
    board: {
      looked(camera, { width, height, faces }: LiveLook) {
        if (!watchers.has(camera)) return;
        const boxes = faces.map(({ track, box }) => ({
          track,
          box: [box.left, box.top, box.width, box.height].map(Math.round),
        }));
        broadcast(camera, { kind: "look", width, height, faces: boxes });
      },
      decided(camera, decision) {
        const atMs = clock.monotonicMs();
        last = last.then(() => publish(camera, decision, atMs));
      },
    },
    watch(camera, tell) {
      const here = watchers.get(camera) ?? new Set();
      watchers.set(camera, here.add(tell));
      const nowMs = clock.monotonicMs();
      for (const { atMs, news } of remembered.get(camera) ?? []) tell({ ...news, agoMs: Math.round(nowMs - atMs) });
      return {
        [Symbol.dispose]() {
          here.delete(tell);
          if (here.size === 0) watchers.delete(camera);
        },
      };
    },
  };
}
