import { instant } from "#core/instant";
import type { Person } from "#ports/gallery";

/** A line of the table `persons`; whoever selects `p.*` reads it with this. */
export interface PersonRow {
  id: string;
  name: string;
  notes: string | null;
  active: number;
  created_at: number;
  modified_at: number;
}

/** What every view of a person begins with. */
export function basicsOf(row: PersonRow): Omit<Person, "collections" | "faces"> {
  return {
    id: row.id,
    name: row.name,
    notes: row.notes,
    active: row.active === 1,
    createdAt: instant(row.created_at),
    modifiedAt: instant(row.modified_at),
  };
}
