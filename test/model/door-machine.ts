import type { Candidate } from "#core/candidate";
import type { DecisionRecord } from "#core/decision-record";
import { DEFAULT_DECISION_RULES } from "#core/decision-rules";
import { instant } from "#core/instant";
import type { DoorPolicy } from "#core/policy";
import { redecide } from "#core/replay";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import type { Track } from "#core/track";
import { LimenError } from "#errors";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk, type DoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import { soleEngine } from "#flow/engines";
import { createSearchLane } from "#flow/search-lane";
import type { DoorAck, DoorController } from "#ports/door-controller";
import type { Person } from "#ports/gallery";
import { faceAt, frameAt, templateOf } from "../fakes/faces";
import { FakeClock, flush } from "../fakes/fake-clock";
import { MemoryAuditLog } from "../fakes/memory-audit-log";
import { MemoryGallery } from "../fakes/memory-gallery";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../fakes/quiet";
import { doorPolicy } from "../fakes/situations";
import { type DoorEvent, NAMES, type Name, POLICIES } from "./door-events";
import type { DoorTrace, Shown } from "./door-trace";

/** A gallery whose people change as the script says. */
class ScriptedGallery extends MemoryGallery {
  readonly states: Record<"ada" | "ben", "active" | "inactive" | "outsider" | "gone"> = {
    ada: "active",
    ben: "active",
  };

  override async person(id: string): Promise<Person | null> {
    const name = asName(id);
    if (name === null || name === "ghost") return null;
    const state = name === "cleo" ? "outsider" : this.states[name];
    if (state === "gone") return null;
    return {
      id,
      name,
      notes: null,
      active: state !== "inactive",
      collections: state === "outsider" ? ["id-guests"] : ["id-staff"],
      faces: 1,
      createdAt: instant(0),
      modifiedAt: instant(0),
    };
  }

  override async collection(codeOrId: string) {
    const code = codeOrId.replace(/^id-/, "");
    return { id: `id-${code}`, code, name: code };
  }
}

function policyOf(at: number): DoorPolicy {
  const words = POLICIES[at] ?? POLICIES[0];
  const { mode, ...numbers } = words;
  return doorPolicy({ mode, rules: { ...DEFAULT_DECISION_RULES, ...numbers } });
}

const asName = (id: string | null): Name | null => NAMES.find((name) => name === id) ?? null;

export interface Played {
  readonly trace: DoorTrace;
  /** Records that come out otherwise when they are decided again under the policy that was in force. */
  readonly notReplayed: readonly string[];
}

/**
 * Plays a script to the real desk, judge, search lane and actuator over a clock that only the script moves. `believed` = what the trace
 * tells the oracle of the policies, where that is to differ from what the desk really has.
 */
export async function play(
  events: readonly DoorEvent[],
  believed: (policy: number) => number = (policy) => policy,
): Promise<Played> {
  const clock = new FakeClock();
  const gallery = new ScriptedGallery();
  const audit = new MemoryAuditLog();
  const nowMs = (): number => clock.monotonicMs();
  const healthy = { now: true };
  const trace: DoorTrace = {
    shown: [],
    policies: [{ fromMs: nowMs(), value: POLICIES[believed(0)] ?? POLICIES[0] }],
    camera: [{ fromMs: nowMs(), value: true }],
    people: { ada: [{ fromMs: nowMs(), value: "active" }], ben: [{ fromMs: nowMs(), value: "active" }] },
    recorded: [],
    opened: [],
  };
  const tools = { clock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };

  const reply = { now: "acked" as "acked" | "failed" | "throws" };
  const controller: DoorController = {
    async open(grant): Promise<DoorAck> {
      const { decisionId, personId, evidenceAtMs } = grant;
      trace.opened.push({ decisionId, name: asName(personId), evidenceAtMs, atMs: nowMs() });
      if (reply.now === "throws") throw new Error("the controller's code broke");
      const actuation = reply.now;
      return {
        commandId: "c",
        actuation,
        why: "scripted",
        sentAtMs: nowMs(),
        ackedAtMs: actuation === "acked" ? nowMs() : null,
      };
    },
    async *feedback() {},
    health: () => ({ broker: "online", controller: "online" }),
  };

  const slowDisk = { ms: 0 };
  audit.beforeAppend = async () => {
    if (slowDisk.ms > 0) await clock.sleep(slowDisk.ms);
  };
  const policiesOf = new Map<string, DoorPolicy>();
  const decidedAt = new Map<string, number>();
  const keepingAudit = {
    append: async (record: DecisionRecord): Promise<number> => {
      // What the desk decided and when, before the disk takes its time.
      decidedAt.set(record.id, nowMs());
      const sequence = await audit.append(record);
      const { id, result, mode } = record;
      trace.recorded.push({ id, result, mode, name: asName(record.personId), atMs: decidedAt.get(id) ?? nowMs() });
      return sequence;
    },
    amend: audit.amend.bind(audit),
    list: audit.list.bind(audit),
    since: audit.since.bind(audit),
    label: audit.label.bind(audit),
    note: audit.note.bind(audit),
    events: audit.events.bind(audit),
  };

  /** Pictures whose search has been paid for and not been asked yet, oldest first. */
  const asking: Shown[] = [];
  const engine = {
    size: () => 3,
    async search(): Promise<Candidate[]> {
      const picture = asking.shift();
      if (picture === undefined) throw new Error("nobody asked");
      const { answer } = picture.look;
      picture.askedAtMs = nowMs();
      if (answer.kind === "fails") throw new LimenError(answer.code, "scripted");
      if (answer.kind === "slow") await clock.sleep(answer.ms);
      picture.answeredAtMs = nowMs();
      return answer.scores.map(([personId, score]) => ({ personId, score }));
    },
  };
  // As many at once as there are tracks, so that the order of asking is the order of looking.
  const lane = createSearchLane({ engine, clock, concurrency: 8, deadlineMs: 400 });
  const standing = createDoorStanding(nowMs());
  const actuator = createActuator({
    door: "front",
    controller,
    audit: keepingAudit,
    announcer: new RecordingAnnouncer(),
    ...tools,
  });
  let ids = 0;
  const deskUnder = (policy: DoorPolicy): DoorDesk =>
    createDoorDesk(
      {
        camera: "front",
        quality: { minFacePx: 48, maxYaw: 0.25, minSharpness: 5, minNorm: 3, zone: [] },
        budget: LOCAL_SEARCH_BUDGET,
        searchMode: "ACCURATE",
        searchFloor: 0,
        shots: 1,
      },
      {
        policy,
        roster: "gallery",
        engines: soleEngine("local", lane),
        gallery,
        standing,
        actuator,
        cameraHealthy: () => healthy.now,
        cropOf: async () => new Uint8Array([1]),
        newId: () => {
          const id = `decision-${++ids}`;
          policiesOf.set(id, policy);
          return id;
        },
        ...tools,
      },
    );
  let desk = deskUnder(policyOf(0));

  const { signal } = new AbortController();
  const trackOf = (id: number, gait: "stands" | "passes" = "stands"): Track => {
    const at = (agoMs: number, x: number) => ({ atMs: nowMs() - agoMs, x, y: 100, height: 100 });
    const path =
      gait === "stands" ? [at(400, 300), at(200, 300), at(0, 300)] : [at(400, 100), at(200, 200), at(0, 300)];
    return { id, box: faceAt(100, 80).box, firstSeenAtMs: 0, lastSeenAtMs: nowMs(), path };
  };
  const underWay: Promise<unknown>[] = [];
  const TIMES = { wait: 1, find: 1, describe: 1 };

  const look = (event: Extract<DoorEvent, { kind: "look" }>): void => {
    const face = faceAt(100, 80, event.heightPx, { yaw: event.yaw });
    const sighting = { frame: frameAt(nowMs() - event.ageMs), track: trackOf(event.track, event.gait), face };
    if (!desk.wants(sighting)) return;
    const isGood = event.heightPx >= 48 && event.yaw <= 0.25 && event.norm >= 3;
    const picture: Shown = {
      track: event.track,
      capturedAtMs: sighting.frame.capturedAtMs,
      isGood,
      look: event,
      askedAtMs: null,
      answeredAtMs: null,
    };
    trace.shown.push(picture);
    if (event.norm >= 3) asking.push(picture);
    const template = { ...templateOf(0), norm: event.norm };
    underWay.push(desk.consider(sighting, { template, liveness: 0.9 }, TIMES, signal));
  };

  const happen = async (event: DoorEvent): Promise<void> => {
    if (event.kind === "look") look(event);
    else if (event.kind === "advance") await clock.advance(event.ms);
    else if (event.kind === "tick") underWay.push(desk.tick(signal));
    else if (event.kind === "left") underWay.push(desk.left(trackOf(event.track), signal));
    else if (event.kind === "person") {
      gallery.states[event.name] = event.becomes;
      trace.people[event.name].push({ fromMs: nowMs(), value: event.becomes });
    } else if (event.kind === "camera") {
      healthy.now = event.healthy;
      trace.camera.push({ fromMs: nowMs(), value: event.healthy });
    } else if (event.kind === "disk") audit.full = event.full;
    else if (event.kind === "slow_disk") slowDisk.ms = event.ms;
    else if (event.kind === "controller") reply.now = event.answer;
    else if (event.kind === "reload") {
      desk = deskUnder(policyOf(event.policy));
      trace.policies.push({ fromMs: nowMs(), value: POLICIES[believed(event.policy)] ?? POLICIES[0] });
    } else clock.jumpWall(event.ms);
  };

  for (const event of events) {
    await happen(event);
    // Not always: half of the events come while those before are still under way.
    if (event.kind !== "look" || event.track !== 2) for (let i = 0; i < 3; i++) await flush();
  }
  for (let i = 0; i < 8; i++) await clock.advance(2000);
  await Promise.all(underWay);
  await actuator.settled();

  const notReplayed = audit.records.flatMap((record) => {
    const policy = policiesOf.get(record.id);
    if (policy === undefined) return [`${record.id}: of no policy`];
    // As it comes back from the disk.
    const kept: DecisionRecord = JSON.parse(JSON.stringify(record));
    const { verdict } = redecide(policy, kept.situation);
    const same =
      verdict.result === record.result && verdict.reason === record.reason && verdict.personId === record.personId;
    return same
      ? []
      : [`${record.id}: was ${record.result} ${record.reason}, again ${verdict.result} ${verdict.reason}`];
  });
  return { trace, notReplayed };
}
