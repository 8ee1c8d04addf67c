const MAX_LINES = 20;
const MAX_LINE_LENGTH = 300;

/**
 * Text that is safe to log: ffmpeg prints the whole URL, credentials included, in its own complaints, so everything before an
 * `@` of an authority is cut, and then every given secret wherever else it turns up.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let safe = text.replace(/\/\/[^/\s]*@/g, "//***@");
  for (const secret of secrets) {
    if (secret !== "") safe = safe.replaceAll(secret, "***");
  }
  return safe;
}

export interface LineTail {
  add(line: string): void;
  lines(): readonly string[];
}

/** The last few lines somebody said, redacted as they come in: ffmpeg can complain for ever, and this stays small. */
export function openLineTail(secrets: readonly string[] = []): LineTail {
  const kept: string[] = [];
  return {
    add(line) {
      const safe = redact(line, secrets).trim().slice(0, MAX_LINE_LENGTH);
      if (safe === "") return;
      kept.push(safe);
      if (kept.length > MAX_LINES) kept.shift();
    },
    lines: () => [...kept],
  };
}
