import type { Picture } from "#core/face";

/** A little picture of the door, drawn with characters on a terminal that understands 24-bit colour. */

const ESCAPE = "\u001b[";
const RESET = `${ESCAPE}0m`;

/** Two pixels a character: the upper half block in the upper pixel's colour on the lower pixel's. Lines of `picture.width` cells. */
export function pictureLines(picture: Picture): string[] {
  const colour = (x: number, y: number): string => {
    const at = (Math.min(y, picture.height - 1) * picture.width + x) * 3;
    return `${picture.rgb[at]};${picture.rgb[at + 1]};${picture.rgb[at + 2]}`;
  };
  const lines: string[] = [];
  for (let y = 0; y < picture.height; y += 2) {
    let line = "";
    for (let x = 0; x < picture.width; x++) line += `${ESCAPE}38;2;${colour(x, y)};48;2;${colour(x, y + 1)}m▀`;
    lines.push(line + RESET);
  }
  return lines;
}

const GREEN = `${ESCAPE}32m`;
const RED = `${ESCAPE}31m`;

/** The door beside the picture: shut with its lock, or open with the way free. */
export function doorLines(isOpen: boolean): string[] {
  const leaf = isOpen
    ? [
        "┌──────────┐",
        "│╲         │",
        "│ ╲        │",
        "│  │       │",
        "│  │       │",
        "│  │       │",
        "│  ╱       │",
        "│ ╱        │",
        "└──────────┘",
      ]
    : [
        "┌──────────┐",
        "│┌────────┐│",
        "││        ││",
        "││        ││",
        "││       ●││",
        "││        ││",
        "││        ││",
        "│└────────┘│",
        "└──────────┘",
      ];
  const word = isOpen ? "   OPEN" : "   LOCKED";
  return [...leaf, word].map((line) => `${isOpen ? GREEN : RED}${line}${RESET}`);
}

/** Draws picture, door and text over what stood there; `text` is the newest lines, oldest first. Nothing flickers: each line clears its own rest. */
export function screen(picture: Picture, isOpen: boolean, title: string, text: readonly string[]): string {
  const left = pictureLines(picture);
  const right = doorLines(isOpen);
  const indent = Math.max(0, Math.floor((left.length - right.length) / 2));
  const height = Math.max(left.length, right.length);
  const blank = " ".repeat(picture.width);
  const rows = Array.from({ length: height }, (_, i) => `${left[i] ?? blank}    ${right[i - indent] ?? ""}`);
  return `${ESCAPE}H${[title, "", ...rows, "", ...text].join(`${ESCAPE}K\n`)}${ESCAPE}K\n${ESCAPE}J`;
}

export const HIDE_CURSOR = `${ESCAPE}?25l`;
export const SHOW_CURSOR = `${ESCAPE}?25h`;
