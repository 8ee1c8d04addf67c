import { randomBytes } from "node:crypto";
import { appendFileSync, writeSync } from "node:fs";
import { connectDoor } from "#demo/door/connect-door";
import { createDoorController, type Effect } from "#demo/door/controller";
import { type DoorSettings, readDoorSettings } from "#demo/door/settings";
import { exitCodeOf, messageOf } from "#errors";

/**
 * A door controller to try Limen with: `node dist/demo/door-program.js [FILE]`, settings as JSON in FILE or on standard input.
 * Each thing it does is one JSON line on standard output: ready, offline, opened, exit, relocked, refused, repeated, dropped, leaf_open,
 * leaf_shut, stopped. SIGUSR2 presses its exit button; with `contact` set, SIGHUP opens its leaf, and shuts it the next time.
 */
function run(settings: DoorSettings): void {
  const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
  const machine = createDoorController(
    {
      prefix: settings.prefix,
      controller: settings.controller,
      keyId: settings.key_id,
      key: settings.key,
      pulseMaxMs: settings.pulse_max_ms,
      clockSynced: settings.clock_synced,
      hasContact: settings.contact,
    },
    () => randomBytes(16).toString("base64url"),
  );
  let relock: NodeJS.Timeout | undefined;

  const tell = (event: string, fields: Record<string, string | number> = {}): void => {
    const line = `${JSON.stringify({ event, at: monotonicMs(), ...fields })}\n`;
    if (settings.ledger !== undefined) appendFileSync(settings.ledger, line, { mode: 0o600 });
    writeSync(1, line);
  };
  const carryOut = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.do === "publish") link.publish(effect.topic, effect.payload, effect.retain);
      else if (effect.do === "release") tell("opened", { id: effect.id, pulse_ms: effect.pulseMs });
      else if (effect.do === "exit") tell("exit", { id: effect.id, pulse_ms: effect.pulseMs });
      else if (effect.do === "lock") tell("relocked", { id: effect.id });
      else if (effect.event === "dropped") tell("dropped", { why: effect.why });
      else if (effect.event === "refused") tell("refused", { id: effect.id, why: effect.why });
      else tell("repeated", { id: effect.id });
    }
    clearTimeout(relock);
    const due = machine.relockAtMs();
    if (due !== null)
      relock = setTimeout(() => carryOut(machine.tick(monotonicMs())), Math.max(1, Math.ceil(due - monotonicMs())));
  };

  const link = connectDoor(settings, machine.topics, {
    onReady: () => {
      carryOut(machine.connected());
      tell("ready");
    },
    onMessage: (topic, payload, retained) =>
      carryOut(machine.message(topic, payload, retained, { wallMs: Date.now(), monotonicMs: monotonicMs() })),
    onOffline: (why) => tell("offline", { why }),
  });

  const stop = async (): Promise<void> => {
    clearTimeout(relock);
    // The lock of a controller that loses its power is shut; so is this one's.
    carryOut(machine.tick(Number.POSITIVE_INFINITY));
    await link.end();
    tell("stopped");
    process.exit(0);
  };
  process.on("SIGUSR2", () => carryOut(machine.pressed(monotonicMs())));
  let leafIsOpen = false;
  if (settings.contact)
    process.on("SIGHUP", () => {
      leafIsOpen = !leafIsOpen;
      tell(leafIsOpen ? "leaf_open" : "leaf_shut");
      carryOut(machine.leafMoved(leafIsOpen));
    });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
}

try {
  run(readDoorSettings(process.argv[2]));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
