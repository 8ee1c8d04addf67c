import { DENY_REASONS, type DenyReason, wordsFor } from "#core/reason";
import { type HeardDecision, median, type VisitResult } from "#demo/tally";

const two = (value: number | null): string => (value === null ? "-" : value.toFixed(2));

function reasonWords(reason: string): string {
  const known = DENY_REASONS.find((word) => word === reason);
  return known === undefined ? reason : wordsFor(known satisfies DenyReason);
}

/** One sentence on a decision, for people: who, why, by how much, and how fast. */
export function sentence(decision: HeardDecision, name: string | null): string {
  const numbers = `score ${two(decision.score)}, margin ${two(decision.margin)}`;
  if (decision.result === "deny") {
    const about = name === null ? "" : ` (nearest: ${name})`;
    return `DENIED   ${reasonWords(decision.reason)}${about}; ${numbers}`;
  }
  const who = name ?? "somebody";
  if (decision.actuated === "confirmed") return `         the lock of ${who}'s door says that it is open`;
  if (decision.actuated === "acked") {
    return `GRANTED  ${who}: recognised; ${numbers}; door open ${decision.latencyMs ?? "?"} ms after the face came into view`;
  }
  return decision.actuated === "none"
    ? `GRANTED  ${who}: recognised; ${numbers}; telling the door …`
    : `GRANTED  ${who}, but the door did not open (${decision.actuated})`;
}

function outcome(decisions: readonly HeardDecision[]): string {
  if (decisions.length === 0) return "no decision";
  return decisions
    .map((decision) => (decision.result === "grant" ? `granted, ${decision.actuated}` : `denied, ${decision.reason}`))
    .join("; ");
}

/** Expected against actual, a row a visit, and the summary line that programs read. */
export function table(results: readonly VisitResult[]): string[] {
  const rows = results.map(({ visit, decisions, isRight }) => {
    const grant = decisions.find(({ result }) => result === "grant");
    const best = grant ?? decisions[0];
    const latency = grant?.latencyMs == null ? "" : `${grant.latencyMs} ms`;
    return [
      visit.label,
      visit.expected,
      outcome(decisions),
      two(best?.score ?? null),
      two(best?.margin ?? null),
      latency,
      isRight ? "ok" : "WRONG",
    ];
  });
  const head = ["visitor", "expected", "actual", "score", "margin", "door open after", ""];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)];
}

/** `demo: V visits, G granted, D denied, 0 wrong, median N ms`. */
export function summary(results: readonly VisitResult[]): string {
  const grants = results.flatMap(({ decisions }) => decisions.filter(({ result }) => result === "grant").slice(0, 1));
  const denied = results.filter(
    ({ decisions }) => decisions.length > 0 && decisions.every(({ result }) => result === "deny"),
  );
  const wrong = results.filter(({ isRight }) => !isRight).length;
  const middle = median(grants.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs])));
  const ms = middle === null ? "no" : String(Math.round(middle));
  return `demo: ${results.length} visits, ${grants.length} granted, ${denied.length} denied, ${wrong} wrong, median ${ms} ms`;
}
