import type { ImageFile } from '../model/image.ts';
import type { MapRun, MapRunKind } from '../model/map-run.ts';
import { ByteText } from './byte-text.ts';
import { escapeJson } from './escape.ts';
import { isInFile } from './map-place.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The flags of each kind of run in the order of `qemu-img map`. */
const FLAGS: Readonly<Record<MapRunKind, string>> = {
  data: '"present": true, "zero": false, "data": true, "compressed": false',
  compressed: '"present": true, "zero": false, "data": true, "compressed": true',
  zero: '"present": true, "zero": true, "data": false, "compressed": false',
  unallocated: '"present": false, "zero": true, "data": false, "compressed": false',
  unknown: '"present": false, "zero": false, "data": false, "compressed": false',
};

const FIRST = encode('{ "start": ');
const NEXT = encode(',\n{ "start": ');
const LENGTH = encode(', "length": ');
const OFFSET = encode(', "offset": ');
const END = encode('}');

/** What is after a run's length: alike in nearly all lines, so it is encoded once. */
interface Tail {
  /** The depth and the flags. */
  readonly facts: Uint8Array;
  /** What follows the offset to the end of the line; `null` where a line has none. */
  readonly name: Uint8Array | null;
}

/**
 * `map --output json`, made piece by piece: `begin`, any number of `runs`, `end`. Each piece is valid until the
 * next is made.
 */
export class MapJsonRenderer {
  readonly #text = new ByteText(256 * 1024);
  readonly #tails = new Map<ImageFile | MapRunKind, Tail[]>();
  #lineStart = FIRST;

  begin(): Uint8Array {
    return encode('[');
  }

  runs(runs: readonly MapRun[]): Uint8Array {
    for (const run of runs) this.#line(run);
    return this.#text.take();
  }

  end(): Uint8Array {
    return encode(']\n');
  }

  #line(run: MapRun): void {
    const text = this.#text;
    text.append(this.#lineStart);
    this.#lineStart = NEXT;
    text.number(run.start);
    text.append(LENGTH);
    text.number(run.length);
    const { facts, name } = this.#tailOf(run);
    text.append(facts);
    if (name === null || !isInFile(run)) {
      text.append(END);
      return;
    }
    text.append(OFFSET);
    text.number(run.offset);
    text.append(name);
  }

  /** Runs of one file are all of one kind, so file or kind, and depth, tell the tail. */
  #tailOf({ kind, file, depth }: MapRun): Tail {
    const key = file ?? kind;
    let tails = this.#tails.get(key);
    if (tails === undefined) this.#tails.set(key, (tails = []));
    return (tails[depth] ??= makeTail(kind, file, depth));
  }
}

function makeTail(kind: MapRunKind, file: ImageFile | null, depth: number): Tail {
  return {
    facts: encode(`, "depth": ${depth}, ${FLAGS[kind]}`),
    name: file === null ? null : encode(`, "filename": ${escapeJson(JSON.stringify(file.path))}}`),
  };
}
