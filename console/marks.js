/**
 * @typedef {{ width: number, height: number, faces: { track: number, box: number[] }[] }} Look
 * @typedef {{ track: number, result: "grant" | "deny", name: string | null }} Decision
 */

/** After so long a look says nothing about now. */
const LOOK_LASTS_MS = 2500;
const MAX_DECISIONS = 64;

/**
 * Draws what Limen sees over the picture: a frame round each face, and what was decided about it.
 * @param {HTMLCanvasElement} canvas lies over the picture, as large as it
 */
export function createMarks(canvas) {
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Map<number, Decision>} */
  const decisions = new Map();
  /** @type {Look | null} */
  let look = null;
  let lookAtMs = 0;
  let timer = 0;

  /** @param {string} name */
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();

  /** @param {number} track */
  const styleOf = (track) => {
    const decision = decisions.get(track);
    if (decision === undefined) return { colour: colour("--mark"), text: null };
    const text = decision.result === "grant" ? `✓ ${decision.name ?? "enrolled"}` : `✕ ${decision.name ?? "unknown"}`;
    return { colour: colour(decision.result === "grant" ? "--good" : "--bad"), text };
  };

  const draw = () => {
    const scale = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    if (look === null || performance.now() - lookAtMs > LOOK_LASTS_MS) return;
    pen.scale(scale, scale);
    const [sx, sy] = [width / look.width, height / look.height];
    for (const { track, box } of look.faces) {
      const [left = 0, top = 0, wide = 0, high = 0] = box;
      frame({ left: left * sx, top: top * sy, width: wide * sx, height: high * sy }, styleOf(track), width, height);
    }
  };

  /**
   * @param {{ left: number, top: number, width: number, height: number }} box
   * @param {{ colour: string, text: string | null }} style
   * @param {number} width of the picture
   * @param {number} height of the picture
   */
  const frame = (box, style, width, height) => {
    pen.lineWidth = 3;
    pen.strokeStyle = style.colour;
    pen.shadowColor = "rgb(0 0 0 / 60%)";
    pen.shadowBlur = 4;
    pen.beginPath();
    pen.roundRect(box.left, box.top, box.width, box.height, 8);
    pen.stroke();
    pen.shadowBlur = 0;
    if (style.text === null) return;
    pen.font = "600 14px system-ui, sans-serif";
    const wide = Math.min(pen.measureText(style.text).width + 16, width - 8);
    const left = Math.max(4, Math.min(box.left, width - wide - 4));
    const below = box.top + box.height + 6;
    const top = below + 26 < height ? below : Math.max(4, box.top - 32);
    pen.fillStyle = style.colour;
    pen.beginPath();
    pen.roundRect(left, top, wide, 26, 8);
    pen.fill();
    pen.fillStyle = colour("--on-mark");
    pen.textBaseline = "middle";
    pen.fillText(style.text, left + 8, top + 13.5, wide - 16);
  };

  new ResizeObserver(draw).observe(canvas);
  return {
    /** @param {Look} next */
    look(next) {
      look = next;
      lookAtMs = performance.now();
      draw();
      clearTimeout(timer);
      timer = window.setTimeout(draw, LOOK_LASTS_MS + 50);
    },
    /** @param {Decision} decision */
    decision(decision) {
      decisions.delete(decision.track);
      decisions.set(decision.track, decision);
      const [oldest] = decisions.keys();
      if (decisions.size > MAX_DECISIONS && oldest !== undefined) decisions.delete(oldest);
      draw();
    },
    clear() {
      look = null;
      draw();
    },
  };
}
