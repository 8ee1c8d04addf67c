/** The few names of @cycjimmy/jsmpeg-player that live.js uses; the package has no types. */
interface Demuxer {
  write(data: ArrayBuffer): void;
}

/** Where the player's data come from: the player makes one of these, and gives it its demuxer. */
interface Source {
  readonly streaming: true;
  readonly completed: false;
  readonly progress: number;
  established: boolean;
  connect(demuxer: Demuxer): void;
  start(): void;
  resume(): void;
  destroy(): void;
}

interface PlayerOptions {
  source: new () => Source;
  canvas: HTMLCanvasElement;
  audio: false;
  disableGl: boolean;
  disableWebAssembly: boolean;
  pauseWhenHidden: boolean;
  videoBufferSize: number;
  onVideoDecode: () => void;
}

declare const JSMpeg: {
  Player: new (url: string, options: PlayerOptions) => { readonly source: Source };
};

export { JSMpeg as default };
