/** Who may do what in the console, least first: each role may do what those before it may. */
export const ROLES = ["viewer", "operator", "owner"] as const;
/**
 * `viewer` looks: cameras, doors, decisions. `operator` manages people, labels decisions, opens doors by hand where that is allowed
 * and locks them down. `owner` besides changes what the daemon trusts: accounts, the configuration, modes that open, cameras' passwords.
 */
export type Role = (typeof ROLES)[number];

export function mayActAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
