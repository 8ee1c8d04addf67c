/**
 * @typedef {{ say: (what: string) => void, done: (outcome?: string) => void, end: () => void }} Step
 *   `say` replaces the text of the running step, `done` closes it with its duration, `end` closes it in silence.
 * @typedef {{ begin: (name: string, what: string) => Step, line: (text: string) => void }} Progress
 */

/** A terminal repaints its line every second; a log gets a sign of life every 15 s, often enough for CI time-outs. */
const LIVE_BEAT_MS = 1000;
const PLAIN_BEAT_MS = 15_000;

/**
 * Shows one line a step: repainted in place on a terminal (`isLive`), appended elsewhere. Steps with nothing to do never begin
 * one, so an idle set-up prints its last line only.
 * @param {{ write: (text: string) => void, isLive: boolean, columns?: number, nowMs?: () => number, beatMs?: number }} options
 * @returns {Progress}
 */
export function openProgress({ write, isLive, columns = 80, nowMs = () => performance.now(), beatMs }) {
  return {
    begin(name, what) {
      const startedAtMs = nowMs();
      const elapsed = () => secondsText(nowMs() - startedAtMs);
      let current = what;
      const paint = () => {
        if (isLive) write(`\r\x1b[2K${shortened(`set-up: ${name} (${elapsed()}): ${current}`, columns)}`);
        else write(`set-up: ${name}: ${current}\n`);
      };
      const beat = () => (isLive ? paint() : write(`set-up: ${name}: still at it after ${elapsed()}\n`));
      const timer = setInterval(beat, beatMs ?? (isLive ? LIVE_BEAT_MS : PLAIN_BEAT_MS));
      timer.unref();
      paint();
      return {
        say(text) {
          current = text;
          paint();
        },
        done(outcome = "done") {
          clearInterval(timer);
          write(`${isLive ? "\r\x1b[2K" : ""}set-up: ${name}: ${outcome} (${elapsed()})\n`);
        },
        end() {
          clearInterval(timer);
          if (isLive) write("\r\x1b[2K");
        },
      };
    },
    line: (text) => write(`set-up: ${text}\n`),
  };
}

/**
 * Runs one step and closes its line whatever happens.
 * @template T
 * @param {Progress} progress
 * @param {string} name
 * @param {string} what
 * @param {(step: Step) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inStep(progress, name, what, work) {
  const step = progress.begin(name, what);
  try {
    const result = await work(step);
    step.done();
    return result;
  } catch (error) {
    step.end();
    throw error;
  }
}

/**
 * @param {number} ms
 * @returns {string} "0.3 s", "93 s"
 */
export function secondsText(ms) {
  const seconds = ms / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** A line wider than the terminal would wrap and could not be repainted. @param {string} text @param {number} columns */
function shortened(text, columns) {
  return text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 2))}…`;
}
