import type { LiveBoard, LiveDecision, LiveLook } from "#ports/live-board";

export class RecordingBoard implements LiveBoard {
  readonly looks: { camera: string; look: LiveLook }[] = [];
  readonly decisions: { camera: string; decision: LiveDecision }[] = [];

  looked(camera: string, look: LiveLook): void {
    this.looks.push({ camera, look });
  }
  decided(camera: string, decision: LiveDecision): void {
    this.decisions.push({ camera, decision });
  }
}
