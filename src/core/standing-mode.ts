import type { DoorMode } from "#core/policy";

/** How a door was put from afar, beside what the configuration says of it. */
export interface StandingMode {
  readonly lockedDown: boolean;
  /** Null = as configured. */
  readonly mode: Exclude<DoorMode, "locked_down"> | null;
}

export const AS_CONFIGURED: StandingMode = { lockedDown: false, mode: null };
/** Where nobody knows how the door was put. */
export const UNREADABLE: StandingMode = { lockedDown: true, mode: null };

export interface ModeRules {
  readonly configured: DoorMode;
  /** More than locking down may be done from afar. */
  readonly control: boolean;
}

/** What somebody wants of a door. */
export type ModeWish =
  | { readonly kind: "mode"; readonly mode: DoorMode }
  | { readonly kind: "lockdown" | "shadow"; readonly on: boolean };

/** How much a mode lets through. */
const OPENNESS: Readonly<Record<DoorMode, number>> = {
  disabled: 0,
  locked_down: 0,
  shadow: 1,
  normal: 2,
  free_access: 3,
};

/**
 * The mode of the moment. What the configuration has switched off stays off; and where it no longer allows control from afar, whatever was
 * set then holds only as far as it is stricter.
 */
export function modeNow({ configured, control }: ModeRules, { lockedDown, mode }: StandingMode): DoorMode {
  if (configured === "disabled") return "disabled";
  if (lockedDown) return "locked_down";
  if (mode === null) return configured;
  return control || OPENNESS[mode] < OPENNESS[configured] ? mode : configured;
}

/** How the door stands after that wish; null when it is not allowed. Locking down always is. */
export function wished(rules: ModeRules, standing: StandingMode, wish: ModeWish): StandingMode | null {
  const { configured, control } = rules;
  const locksDown = wish.kind === "lockdown" ? wish.on : wish.kind === "mode" && wish.mode === "locked_down";
  if (locksDown) return { ...standing, lockedDown: true };
  if (!control || configured === "disabled") return null;
  // The mode beneath a lock-down: what the door goes back to.
  const beneath = modeNow(rules, { ...standing, lockedDown: false });
  switch (wish.kind) {
    case "lockdown":
      return { lockedDown: false, mode: beneath === "locked_down" ? "shadow" : standing.mode };
    case "mode":
      return wish.mode === "locked_down" ? null : { lockedDown: false, mode: wish.mode };
    case "shadow":
      if (wish.on) return { ...standing, mode: "shadow" };
      return beneath === "shadow" ? { ...standing, mode: "normal" } : standing;
  }
}
