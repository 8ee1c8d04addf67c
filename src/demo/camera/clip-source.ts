import { systemClock } from "#adapters/clock/system-clock";
import type { AccessUnit, H264Clip } from "#demo/camera/annexb";
import { RTP_CLOCK_HZ } from "#demo/camera/rtp-h264";

/** One picture, due now. */
export interface ClipTick {
  readonly unit: AccessUnit;
  /** Place in the clip, from 0. */
  readonly index: number;
  /** How often the clip ended before, from 0. */
  readonly loop: number;
  /** True while the clip's clock is stopped and its current second is repeated. */
  readonly isHeld: boolean;
  /** 90 kHz ticks since the source was opened; goes on over loops, holds and changes of clip. */
  readonly timestamp: number;
}

export interface ClipSourceOptions {
  readonly clip: H264Clip;
  readonly fps: number;
  readonly isLooping: boolean;
  readonly isPaused: boolean;
  readonly emit: (tick: ClipTick) => void;
}

/** Later than this (a suspended laptop, a debugger), the pacer gives up catching up and starts counting anew. */
const RESYNC_MS = 1000;

export function openClipSource(options: ClipSourceOptions): ClipSource {
  const source = new ClipSource(options);
  source.start();
  return source;
}

/**
 * Plays a clip in real time: one picture every 1000 / fps ms of the monotonic clock, without drift (each is due a fixed time
 * after the last one was *due*, not sent). A paused clip, and one that ended without looping, repeats its current group of
 * pictures: the camera shows a standing scene and never falls silent by itself.
 */
export class ClipSource implements Disposable {
  #clip: H264Clip;
  readonly #options: ClipSourceOptions;
  #index = 0;
  #loop = 0;
  #isPaused: boolean;
  #speed = 1;
  #timestamp = 0;
  #dueMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClipSourceOptions) {
    this.#options = options;
    this.#clip = options.clip;
    this.#isPaused = options.isPaused;
  }

  start(): void {
    this.#dueMs = systemClock.monotonicMs();
    this.#timer = setTimeout(() => this.#tick(), 0);
  }

  get clip(): H264Clip {
    return this.#clip;
  }

  /** RTP time of the next picture, 90 kHz ticks. */
  get timestamp(): number {
    return this.#timestamp;
  }

  play(): void {
    this.#isPaused = false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Pictures per second as a multiple of the clip's own rate. The picture order stays, time stamps follow the pace. */
  slow(factor: number): void {
    if (!(factor > 0)) throw new RangeError("the pace must be greater than 0");
    this.#speed = factor;
  }

  /** Moves the RTP time, as a camera does whose clock was set. May be negative. */
  jump(seconds: number): void {
    this.#timestamp += seconds * RTP_CLOCK_HZ;
  }

  /** Goes on with another clip, at the next picture. */
  load(clip: H264Clip): void {
    this.#clip = clip;
    this.#index = 0;
    this.#loop = 0;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const unit = this.#clip.units[this.#index];
    if (unit === undefined) return;
    const [index, loop, isHeld] = [this.#index, this.#loop, this.#isPaused];
    this.#advance();
    this.#options.emit({ unit, index, loop, isHeld, timestamp: this.#timestamp });
    if (this.#timer === undefined) return;
    const stepMs = 1000 / (this.#options.fps * this.#speed);
    const lateMs = systemClock.monotonicMs() - (this.#dueMs + stepMs);
    const lostMs = lateMs > RESYNC_MS ? lateMs : 0;
    this.#dueMs += stepMs + lostMs;
    this.#timestamp += ((stepMs + lostMs) * RTP_CLOCK_HZ) / 1000;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#dueMs - systemClock.monotonicMs()));
  }

  #advance(): void {
    const next = this.#index + 1;
    const isEnd = next >= this.#clip.units.length;
    if (isEnd && !this.#options.isLooping) this.#isPaused = true;
    if (this.#isPaused && (isEnd || this.#clip.units[next]?.isKey === true)) {
      this.#index = this.#clip.units.findLastIndex((unit, at) => at < next && unit.isKey);
    } else if (isEnd) {
      this.#index = 0;
      this.#loop += 1;
    } else {
      this.#index = next;
    }
  }
}
