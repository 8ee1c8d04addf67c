import { systemClock } from "#adapters/clock/system-clock";
import type { TimelineVisit } from "#demo/clip/timeline";
import { sentence, summary, table } from "#demo/report";
import { HIDE_CURSOR, SHOW_CURSOR, screen } from "#demo/screen";
import type { DemoController } from "#demo/site";
import { openStage, type Stage } from "#demo/stage";
import { type HeardDecision, Tally, type VisitResult, visitAt } from "#demo/tally";
import { LimenError } from "#errors";
import type { Logger } from "#ports/logger";

export interface DemoOptions {
  /** Folder the set-up filled. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Play every visit once, print the table, fail when a visit ended otherwise than it should. */
  readonly once: boolean;
  /** Where the daemon searches: by itself, or on a server of Limen's own. */
  readonly engine: "local" | "verifik";
  readonly controller: DemoController;
  readonly print: (line: string) => void;
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** After the last visitor has gone, the last refusal may still be on its way. */
const LAST_WORDS_MS = 3000;
const REDRAW_MS = 100;
const KEPT_LINES = 8;
const TITLE = "limen demo: what the camera sees, and the door";

function announce(visit: TimelineVisit): string {
  if (visit.isPictureAttack === true)
    return `${visit.label} is held up to the camera (nothing here stops a good picture yet)`;
  return visit.expected === "granted" ? `${visit.label} walks up` : `${visit.label} walks up, who is not enrolled`;
}

/** Plays the clip to its end (never, when it loops), telling who comes and showing the picture when there is one. */
async function play(
  stage: Stage,
  tally: Tally,
  say: (line: string) => void,
  show: (() => void) | null,
  options: DemoOptions,
): Promise<void> {
  const { timeline } = stage;
  let shown: TimelineVisit | null = null;
  let shownRound = 0;
  stage.play();
  while (!options.once || stage.now().frame < timeline.frames - 1) {
    const { frame, round } = stage.now();
    if (round !== shownRound) {
      shownRound = round;
      shown = null;
      tally.clear();
    }
    const visit = visitAt(timeline.visits, frame);
    if (visit !== shown && visit !== null) say(`  ${announce(visit)}`);
    shown = visit;
    show?.();
    const ended = await Promise.race([stage.failed, systemClock.sleep(REDRAW_MS, options.signal).then(() => null)]);
    if (ended !== null) throw new LimenError("LIMEN_DEMO_FAILED", ended);
  }
  await systemClock.sleep(LAST_WORDS_MS, options.signal);
}

/** Prints expected against actual; throws LIMEN_DEMO_FAILED when they differ, or when the door itself saw something else. */
function judge(results: readonly VisitResult[], openings: number, print: (line: string) => void): void {
  print("");
  for (const line of table(results)) print(line);
  const grants = results.filter(({ decisions }) => decisions.some(({ result }) => result === "grant"));
  print("");
  if (grants.some(({ visit }) => visit.isPictureAttack === true)) {
    print(
      "A photograph on a phone opened the door: recognition alone cannot tell. Doors that matter need a second factor.",
    );
    print("");
  }
  print(summary(results));
  if (results.some(({ isRight }) => !isRight)) {
    throw new LimenError("LIMEN_DEMO_FAILED", "a visit ended otherwise than it should, see the table");
  }
  if (openings !== grants.length) {
    throw new LimenError("LIMEN_DEMO_FAILED", `the door opened ${openings} times for ${grants.length} grants`);
  }
}

/**
 * The whole of Limen at one door, every part real: shows what the camera sees and what happens, or with `once` judges it.
 * Throws LIMEN_DEMO_FAILED when a visit ended otherwise than it should.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { print, once, isTerminal, signal } = options;
  const isPicture = isTerminal && !once;
  const lines: string[] = [];
  const say = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    if (!isPicture) print(line);
  };
  let hear: (decision: HeardDecision) => void = () => {};
  await using stage = await openStage(
    { ...options, loop: !once, withPreview: isPicture, withServer: options.engine === "verifik", withConsole: !once },
    (decision) => hear(decision),
  );
  const tally = new Tally(stage.timeline.visits, stage.personIds);
  hear = (decision) => {
    tally.hear(decision, stage.now().frame);
    const name = decision.personId === null ? null : (stage.names.get(decision.personId) ?? null);
    if (decision.result === "deny" || decision.actuated !== "none") say(`    ${sentence(decision, name)}`);
  };

  if (stage.console !== null) {
    const { url, password } = stage.console;
    print(`  the console of this house: ${url}  (name owner, password ${password})`);
    say(`console: ${url}  owner / ${password}`);
  }
  print(once ? `  ${stage.timeline.visits.length} people come to the door` : "  Ctrl-C ends the demo");
  const { preview } = stage;
  const show =
    preview === null
      ? null
      : (): void => options.write(screen(preview.at(stage.now().frame), stage.door().isOpen, TITLE, lines));
  if (isPicture) options.write(HIDE_CURSOR);
  try {
    await play(stage, tally, say, show, options);
  } catch (error) {
    if (!signal.aborted) throw error;
    print("  stopping …");
    return;
  } finally {
    if (isPicture) options.write(SHOW_CURSOR);
  }
  judge(tally.results(), stage.door().openings, print);
}
