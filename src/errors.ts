/** The one base class of everything vdcheck throws on purpose; `code` is stable and machine-readable. */
export class VdcheckError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The program or the library was called wrongly; the message names the correct form. */
export class UsageError extends VdcheckError {
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options);
  }
}

/** Bytes could not be fetched from a source; `cause` contains the operating system's or network's own error. */
export class SourceError extends VdcheckError {
  /** The source's name, as it was given. */
  readonly source: string;
  /** Byte offset of the read that failed; 0 where opening failed. */
  readonly offset: number;
  /** Bytes that were asked for; 0 where opening failed. */
  readonly length: number;

  constructor(
    code: string,
    message: string,
    at: { source: string; offset?: number; length?: number },
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.source = at.source;
    this.offset = at.offset ?? 0;
    this.length = at.length ?? 0;
  }
}

/** An image uses a feature that vdcheck knows by name but does not implement. */
export class UnsupportedFeatureError extends VdcheckError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsupported-feature', message, options);
  }
}

/** So much of an image is damaged that nothing can be said of its disk; the problems found so far say why. */
export class UnreadableImageError extends VdcheckError {
  constructor(message: string, options?: ErrorOptions) {
    super('unreadable-image', message, options);
  }
}
