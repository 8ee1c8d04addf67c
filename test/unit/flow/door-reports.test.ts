import { expect, it } from "vitest";
import { createDoorReporter } from "#flow/door-reports";
import { FakeClock } from "../../fakes/fake-clock";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../../fakes/quiet";

it("a report that cannot be kept is announced all the same, and the log says what is missing", async () => {
  const audit = new MemoryAuditLog();
  const announcer = new RecordingAnnouncer();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const report = createDoorReporter({
    ...{ door: "front", audit, announcer, logger, metrics },
    newId: () => "id",
    clock: new FakeClock(),
  });
  audit.full = true;
  await report({ kind: "request_to_exit" });
  expect(announcer.events).toMatchObject([{ id: "id", door: "front", kind: "request_to_exit" }]);
  expect(metrics.of("limen_audit_failures_total")).toBe(1);
  expect(logger.lines.map(({ level }) => level)).toEqual(["info", "error"]);
});
