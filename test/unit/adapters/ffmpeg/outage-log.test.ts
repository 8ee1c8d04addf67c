import { expect, test } from "vitest";
import { openOutageLog } from "#adapters/ffmpeg/outage-log";
import { LimenError } from "#errors";
import { FakeClock } from "../../../fakes/fake-clock.js";
import { RecordingLogger } from "../../../fakes/quiet.js";

test("an outage is said once when it begins and once when it is over, however often it was tried", async () => {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const log = openOutageLog(logger, clock);
  log.up();
  for (let attempt = 0; attempt < 10; attempt++) {
    log.down(
      new LimenError("LIMEN_CAMERA_STALLED", "Camera entrance stopped sending pictures.", { hint: "Look." }),
      900,
    );
    await clock.advance(1_000);
  }
  log.up();
  const said = logger.lines.filter(({ level }) => level !== "debug");
  expect(said.map(({ level }) => level)).toEqual(["info", "warn", "info"]);
  expect(said[1]?.fields).toMatchObject({ code: "LIMEN_CAMERA_STALLED", hint: "Look.", retryInMs: 900 });
  expect(said[2]?.fields).toMatchObject({ downMs: 10_000, attempts: 10 });
  expect(logger.lines).toHaveLength(12);
});
