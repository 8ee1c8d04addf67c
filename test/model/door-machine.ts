import type { DecisionRecord } from "#core/decision-record";
import type { Template } from "#core/face";
import { instant } from "#core/instant";
import { NO_LOCK_OUT } from "#core/lock-out";
import type { DoorPolicy } from "#core/policy";
import { redecide } from "#core/replay";
import { LOCAL_SEARCH_BUDGET, NETWORK_SEARCH_BUDGET } from "#core/throttle";
import { createActuator } from "#flow/carry-out";
import { createClockWatch } from "#flow/clock-watch";
import { createDoorDesk, type DoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import { bothEngines, type Engines, networkThenLocal, soleEngine } from "#flow/engines";
import { createKnownRefusals } from "#flow/known-refusals";
import { createQuestionDesk } from "#flow/questions";
import { createSearchLane } from "#flow/search-lane";
import { createSiteMemory } from "#flow/site-memory";
import { NO_KEEPER } from "#flow/standing-keeper";
import type { Clock } from "#ports/clock";
import { FakeClock, flush } from "../fakes/fake-clock";
import { MemoryAuditLog } from "../fakes/memory-audit-log";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../fakes/quiet";
import { type Reply, scriptedController } from "./door-controller";
import type { DoorEvent, Script } from "./door-events";
import type { Decided, DoorTrace, Shown } from "./door-trace";
import { visitorsAt } from "./door-visitors";
import { POLICIES, type PolicyWords } from "./door-words";
import { asName, policyOf, ScriptedGallery, scriptedEngine } from "./door-world";
import { type Showing, scriptedService } from "./scripted-service";

export interface Played {
  readonly trace: DoorTrace;
  /** Records that come out otherwise when they are decided again under the policy that was in force. */
  readonly notReplayed: readonly string[];
}

/** The engines each policy asks: real lanes and choices before scripted answers. */
function enginesFor(asked: ReadonlyMap<Template, Shown>, resting: { now: boolean }, clock: Clock) {
  const metrics = new RecordingMetrics();
  // Enough at once that nobody waits for another picture's answer.
  const lane = (which: "local" | "network", deadlineMs: number) =>
    createSearchLane({ engine: scriptedEngine(which, asked, clock), clock, concurrency: 32, deadlineMs });
  const local = lane("local", 400);
  const network = lane("network", 2000);
  const refusals = createKnownRefusals({ samePersonCosine: 0.5, memoryMs: 5000, clock, metrics });
  const parts = { local, network, refusals };
  const thenLocal = networkThenLocal({ ...parts, isResting: () => resting.now, fallbackAfterMs: 700, clock });
  return (words: PolicyWords): Engines => {
    if (words.engine === "local") return soleEngine("local", local);
    if (words.engine === "verifik_then_local") return thenLocal;
    return bothEngines({ ...parts, localThreshold: policyOf(words).thresholds.local, metrics });
  };
}

/** A log that tells the trace what was decided, and what of it is on the disk. */
function noting(audit: MemoryAuditLog, trace: DoorTrace, policies: ReadonlyMap<string, number>, clock: Clock) {
  return {
    append: async (record: DecisionRecord): Promise<number> => {
      const { id, result, reason, situation } = record;
      const { visit, nowMs: decidedAtMs } = situation;
      const { asked } = visit;
      const decided: Decided = {
        ...{ id, result, reason, decidedAtMs, name: asName(record.personId), policy: policies.get(id) ?? -1 },
        ...{ track: visit.trackId, triedAtMs: visit.firstTriedAtMs, keptAtMs: null },
        pictures: visit.evidence.map(({ capturedAtMs, answeredAtMs }) => ({ capturedAtMs, answeredAtMs })),
        asked: asked && { atMs: asked.atMs, name: asName(asked.personId) },
      };
      trace.decided.push(decided);
      const sequence = await audit.append(record);
      decided.keptAtMs = clock.monotonicMs();
      return sequence;
    },
    amend: audit.amend.bind(audit),
    list: audit.list.bind(audit),
    entry: audit.entry.bind(audit),
    since: audit.since.bind(audit),
    label: audit.label.bind(audit),
    note: audit.note.bind(audit),
    amendNote: audit.amendNote.bind(audit),
    events: audit.events.bind(audit),
  };
}

function emptyTrace({ policy }: Script, nowMs: number, wallMs: number): DoorTrace {
  const from = <T>(value: T) => [{ fromMs: nowMs, value }];
  return {
    ...{ policies: from(policy), camera: from(true), wall: from(wallMs - nowMs), alike: from(false) },
    people: { ada: from("active"), ben: from("active") },
    ...{ shown: [], answers: [], checked: [], departed: [], decided: [], opened: [] },
  };
}

/**
 * Plays a script to the real desk, judge, search lanes, engines, door's memory, questions, clock watch and actuator over a clock that
 * only the script moves. `really` = the words the desk really gets for a policy, where that is to differ from what the oracle believes.
 */
export async function play(
  script: Script,
  really: (words: PolicyWords) => PolicyWords = (words) => words,
): Promise<Played> {
  const clock = new FakeClock();
  clock.jumpWall(script.beginsMs);
  const nowMs = (): number => clock.monotonicMs();
  const trace = emptyTrace(script, nowMs(), clock.now());
  const gallery = new ScriptedGallery();
  const audit = new MemoryAuditLog();
  const tools = { clock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  const watch = createClockWatch({ ...tools, earliest: instant(0) });

  const healthy = { now: true };
  const resting = { now: false };
  const slowDisk = { ms: 0 };
  const reply: { now: Reply } = { now: "acked" };
  audit.beforeAppend = async () => {
    if (slowDisk.ms > 0) await clock.sleep(slowDisk.ms);
  };
  const policies = new Map<string, number>();
  const showing: Showing = { now: null };
  const asked = new Map<Template, Shown>();
  const engines = enginesFor(asked, resting, clock);
  const standing = createDoorStanding(nowMs(), {
    lockOut: NO_LOCK_OUT,
    site: createSiteMemory({ stays: [], keeper: NO_KEEPER }),
    keeper: NO_KEEPER,
    report: async () => {},
    isClockTrusted: () => watch.fault() === null,
  });
  const actuator = createActuator({
    door: "front",
    controller: scriptedController(trace, reply, clock),
    audit: noting(audit, trace, policies, clock),
    announcer: new RecordingAnnouncer(),
    ...tools,
  });
  let ids = 0;
  const questions = createQuestionDesk({ newId: () => `question-${++ids}`, ...tools });
  const questionsAsked: { id: string; atMs: number }[] = [];
  questions.watch(({ id }, ending) => {
    if (ending === null) questionsAsked.push({ id, atMs: nowMs() });
  });

  const policyAt = (at: number): DoorPolicy => policyOf(really(POLICIES[at] ?? failing(at)));
  const deskUnder = (at: number): DoorDesk => {
    const words = really(POLICIES[at] ?? failing(at));
    const { confirmWithinMs, serviceWithinMs, calibrated } = words;
    return createDoorDesk(
      {
        camera: "front",
        quality: {
          ...{ minFacePx: 48, maxYaw: 0.25, minSharpness: 5, minNorm: 3, zone: [] },
          borderline: words.engine === "local" ? { maxYaw: 0.4, minNorm: 2.4 } : null,
        },
        budget: words.engine === "local" ? LOCAL_SEARCH_BUDGET : NETWORK_SEARCH_BUDGET,
        ...{ searchMode: "ACCURATE", searchFloor: 0, shots: 1 },
      },
      {
        policy: () => policyOf(words),
        roster: "gallery",
        engines: engines(words),
        ...{ gallery, standing, actuator, questions, ...tools },
        secondFactor: confirmWithinMs === null ? null : { channels: ["mqtt"], withinMs: confirmWithinMs },
        live: serviceWithinMs === null ? null : scriptedService({ trace, showing, ...tools }, serviceWithinMs),
        calibration: async () => (calibrated === null ? null : { score: calibrated, people: 10, slopePerDecade: 0.02 }),
        cameraHealthy: () => healthy.now,
        cropOf: async () => new Uint8Array([1]),
        newId: () => {
          const id = `decision-${++ids}`;
          policies.set(id, at);
          return id;
        },
      },
    );
  };
  let desk = deskUnder(script.policy);
  const { signal } = new AbortController();
  const visitors = visitorsAt(() => desk, { trace, asked, showing, nowMs, signal });
  const underWay: Promise<unknown>[] = [];

  const answer = ({ says, about }: Extract<DoorEvent, { kind: "confirm" }>): void => {
    const question = about === "first" ? questionsAsked[0] : questionsAsked[questionsAsked.length - 1];
    if (question === undefined) return;
    const door = about === "elsewhere" ? "back" : "front";
    const isYes = says === "confirmed" && door === "front";
    trace.answers.push({ question: question.id, askedAtMs: question.atMs, atMs: nowMs(), isYes });
    questions.answer({ id: question.id, door, answer: says, channel: "mqtt" });
  };

  const happen = async (event: DoorEvent): Promise<void> => {
    if (event.kind === "look") underWay.push(...visitors.look(event));
    else if (event.kind === "advance") {
      // As after each picture: a verdict that a further look came between is reached again before much time passes.
      underWay.push(desk.tick(signal));
      for (let i = 0; i < 3; i++) await flush();
      await clock.advance(event.ms);
    } else if (event.kind === "tick") underWay.push(desk.tick(signal));
    else if (event.kind === "left") underWay.push(visitors.left(event.track));
    else if (event.kind === "person") {
      gallery.states[event.name] = event.becomes;
      trace.people[event.name].push({ fromMs: nowMs(), value: event.becomes });
    } else if (event.kind === "alike") {
      gallery.areAlike = event.are;
      trace.alike.push({ fromMs: nowMs(), value: event.are });
    } else if (event.kind === "camera") {
      healthy.now = event.healthy;
      trace.camera.push({ fromMs: nowMs(), value: event.healthy });
    } else if (event.kind === "resting") resting.now = event.is;
    else if (event.kind === "disk") audit.full = event.full;
    else if (event.kind === "slow_disk") slowDisk.ms = event.ms;
    else if (event.kind === "controller") reply.now = event.answer;
    else if (event.kind === "confirm") answer(event);
    else if (event.kind === "reload") {
      desk = deskUnder(event.policy);
      visitors.forget();
      trace.policies.push({ fromMs: nowMs(), value: event.policy });
    } else {
      // As it is looked at each few seconds.
      watch.fault();
      clock.jumpWall(event.ms);
      trace.wall.push({ fromMs: nowMs(), value: clock.now() - nowMs() });
    }
  };

  for (const event of script.events) {
    await happen(event);
    // Not always: half of the events come while those before are still under way.
    if (event.kind !== "look" || event.track !== 2) for (let i = 0; i < 3; i++) await flush();
  }
  for (let i = 0; i < 8; i++) await clock.advance(2000);
  await Promise.all(underWay);
  await actuator.settled();

  const notReplayed = audit.records.flatMap((record) => {
    const at = policies.get(record.id);
    if (at === undefined) return [`${record.id}: of no policy`];
    // As it comes back from the disk.
    const kept: DecisionRecord = JSON.parse(JSON.stringify(record));
    const { verdict } = redecide(policyAt(at), kept.situation);
    const same =
      verdict.result === record.result && verdict.reason === record.reason && verdict.personId === record.personId;
    return same
      ? []
      : [`${record.id}: was ${record.result} ${record.reason}, again ${verdict.result} ${verdict.reason}`];
  });
  return { trace, notReplayed };
}

function failing(at: number): never {
  throw new RangeError(`there is no policy ${at}`);
}
