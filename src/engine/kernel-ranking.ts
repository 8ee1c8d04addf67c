import { LANE, PERSON_BYTES } from "#engine/kernel-layout";
import {
  type Code,
  f32,
  i32,
  i64,
  repeatWhile,
  returnNow,
  returnValue,
  type WasmAssembly,
  type WasmFunction,
  when,
} from "#engine/wasm-assembler";

const times4 = (value: Code): Code => i32.shiftLeft(value, i32.const(2));
const increment = (value: Code): Code => i32.add(value, i32.const(1));
const decrement = (value: Code): Code => i32.sub(value, i32.const(1));

/** (persons, a, b) → 1 when person a's id comes before person b's. */
function defineKeyBefore(assembly: WasmAssembly): WasmFunction {
  return assembly.define({
    takes: { persons: "i32", a: "i32", b: "i32" },
    gives: "i32",
    body: ({ persons, a, b }) => {
      const recordOf = (person: Code): Code => i32.add(persons.get, i32.mul(person, i32.const(PERSON_BYTES)));
      const word = (record: Code, index: number): Code => i64.load(record, 8 * index);
      const differ = (index: number): Code =>
        when(
          i32.eq(i64.eq(word(a.get, index), word(b.get, index)), i32.const(0)),
          returnValue(i64.lessThan(word(a.get, index), word(b.get, index))),
        );
      return [...a.set(recordOf(a.get)), ...b.set(recordOf(b.get)), ...differ(0), ...differ(1), ...returnLast()];
      function returnLast(): Code {
        return i64.lessThan(word(a.get, 2), word(b.get, 2));
      }
    },
  });
}

/**
 * (lane, person, rank): puts the person in the lane's list of the best `capacity` people, best first, ties in the order of their
 * ids, one place a person. Raises the lane's threshold once the list is full: a face below its last place cannot matter.
 */
export function defineConsider(assembly: WasmAssembly): WasmFunction {
  const keyBefore = defineKeyBefore(assembly);
  return assembly.define({
    takes: { lane: "i32", person: "i32", rank: "f32" },
    body: ({ lane, person, rank }, local) => {
      const place = local("i32");
      const count = local("i32");
      const at = (index: Code): Code => i32.add(lane.get, times4(index));
      const rankAt = (index: Code): Code => f32.load(at(index), LANE.ranks);
      const personAt = (index: Code): Code => i32.load(at(index), LANE.ranked);
      const put = (index: Code, who: Code, how: Code): Code => [
        ...i32.store(at(index), who, LANE.ranked),
        ...f32.store(at(index), how, LANE.ranks),
      ];
      const comesFirst = (other: Code): Code =>
        keyBefore.call(i32.load(lane.get, LANE.persons), person.get, personAt(other));
      const betterThan = (other: Code): Code =>
        i32.or(f32.greaterThan(rank.get, rankAt(other)), i32.and(f32.eq(rank.get, rankAt(other)), comesFirst(other)));
      const capacity = i32.load(lane.get, LANE.capacity);
      const isFull = i32.eq(count.get, capacity);
      const above = decrement(place.get);

      return [
        ...count.set(i32.load(lane.get, LANE.count)),
        // Most faces that come this far end here: the list is full and they are not better than its last place.
        ...when(isFull, when(i32.eq(betterThan(decrement(count.get)), i32.const(0)), returnNow)),
        // Where is this person already?
        ...place.set(i32.const(0)),
        ...repeatWhile(
          i32.and(i32.lessThan(place.get, count.get), i32.ne(personAt(place.get), person.get)),
          place.set(increment(place.get)),
        ),
        ...when(
          i32.lessThan(place.get, count.get),
          when(f32.atMost(rank.get, rankAt(place.get)), returnNow),
          // Nowhere: a new last place, or the last one's place.
          when(isFull, place.set(decrement(count.get)), i32.store(lane.get, increment(count.get), LANE.count)),
        ),
        // Whoever is worse moves down one place. (`above` is not read at place 0: the loop tests that first.)
        ...repeatWhile(i32.lessThan(i32.const(0), place.get), [
          ...when(i32.eq(betterThan(above), i32.const(0)), [
            ...put(place.get, person.get, rank.get),
            ...raise(),
            ...returnNow,
          ]),
          ...put(place.get, personAt(above), rankAt(above)),
          ...place.set(above),
        ]),
        ...put(i32.const(0), person.get, rank.get),
        ...raise(),
      ];

      function raise(): Code {
        return when(
          i32.eq(i32.load(lane.get, LANE.count), capacity),
          f32.store(lane.get, rankAt(decrement(capacity)), LANE.threshold),
        );
      }
    },
  });
}
