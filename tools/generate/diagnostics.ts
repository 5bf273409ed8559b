/** A place in a spec: the file as the user named it, the YAML path of the value, and its line. */
export interface Place {
  readonly file: string;
  /** Path of the value, one part per map key or list index; empty for the whole document. */
  readonly path: readonly string[];
  /** Line of the value, counted from 1. */
  readonly line: number;
  /** Column of the value, counted from 1. */
  readonly column: number;
}

/** One thing that is wrong (`error`: nothing is generated) or doubtful (`warning`: printed only) in a spec. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly place: Place;
  readonly message: string;
  /** YAML itself is broken, so there is no path yet. */
  readonly syntax: boolean;
}

/** What is wrong at one place; thrown by the compiler's steps, caught where the next value can still be looked at. */
export class SpecError extends Error {
  readonly place: Place;
  readonly syntax: boolean;

  constructor(place: Place, message: string, syntax = false) {
    super(message);
    this.name = 'SpecError';
    this.place = place;
    this.syntax = syntax;
  }
}

/** What follows from a mistake that was told already, as a name does whose own definition is wrong: it is not told again. */
export class ToldError extends SpecError {}

/** The type of a member depends on itself; a cast on the way tells it nevertheless. */
export class CircularTypeError extends SpecError {}

/** Collects diagnostics, each once. */
export class Diagnostics {
  readonly #found: Diagnostic[] = [];

  /** All of them, those of a file in the order of its lines. */
  get list(): readonly Diagnostic[] {
    const files = [...new Set(this.#found.map(({ place }) => place.file))];
    return files.flatMap((file) =>
      this.#found
        .filter(({ place }) => place.file === file)
        .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column),
    );
  }

  get hasErrors(): boolean {
    return this.#found.some((item) => item.severity === 'error');
  }

  error(place: Place, message: string): void {
    this.#add({ severity: 'error', place, message, syntax: false });
  }

  warn(place: Place, message: string): void {
    this.#add({ severity: 'warning', place, message, syntax: false });
  }

  /** Runs one step; a {@link SpecError} becomes a diagnostic, and `undefined` is returned instead of a result. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      return this.#tell(error);
    }
  }

  /** As {@link attempt}, for all that is done with one file: what is nested deeper than the call stack allows is an error as well. */
  async attemptFile<T>(file: string, step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      const place: Place = { file, path: [], line: 1, column: 1 };
      return this.#tell(error instanceof RangeError ? new SpecError(place, 'it is nested too deep') : error);
    }
  }

  #tell(error: unknown): undefined {
    if (!(error instanceof SpecError)) throw error;
    if (error instanceof ToldError) return;
    const { place, message, syntax } = error;
    this.#add({ severity: 'error', place, message, syntax });
  }

  /** At a place that an error is told of already another one says nothing more. */
  #add(added: Diagnostic): void {
    const where = keyOf(added);
    if (!this.#found.some((known) => keyOf(known) === where)) this.#found.push(added);
  }
}

function keyOf(one: Diagnostic): string {
  const { severity, place, syntax } = one;
  return severity === 'error' && !syntax ? `${place.file}: ${formatPath(place.path)}` : formatDiagnostic(one);
}

/** A diagnostic as one line, where editors look for the place: `vhd.ksy:12:9: /seq/0/size: error: expected an integer`. */
export function formatDiagnostic({ severity, place, message, syntax }: Diagnostic): string {
  const where = `${place.file}:${place.line}:${place.column}`;
  return syntax
    ? `${where}: ${severity}: ${message}`
    : `${where}: ${formatPath(place.path)}: ${severity}: ${message}`;
}

/** A YAML path as text; `/` is the whole document. */
export function formatPath(path: readonly string[]): string {
  return `/${path.join('/')}`;
}

/** ` (did you mean 'x'?)` for the known word that is nearest to a wrong one, or nothing if none is near. */
export function suggest(wrong: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = Math.min(Math.max(2, Math.floor(wrong.length / 3)) + 1, wrong.length);
  for (const word of known) {
    const distance = editDistance(wrong, word);
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best === undefined || best === wrong ? '' : ` (did you mean '${best}'?)`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
