import type { ImageFile } from '../model/image.ts';
import type { MapRun, MapRunKind } from '../model/map-run.ts';
import { ByteText } from './byte-text.ts';
import { escapeJson } from './escape.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The flags of each kind of run in the order of `qemu-img map`. */
const FLAGS: Readonly<Record<MapRunKind, Uint8Array>> = {
  data: encode(', "present": true, "zero": false, "data": true, "compressed": false'),
  compressed: encode(', "present": true, "zero": false, "data": true, "compressed": true'),
  zero: encode(', "present": true, "zero": true, "data": false, "compressed": false'),
  unallocated: encode(', "present": false, "zero": true, "data": false, "compressed": false'),
  unknown: encode(', "present": false, "zero": false, "data": false, "compressed": false'),
};

const SEPARATOR = encode(',\n');
const START = encode('{ "start": ');
const LENGTH = encode(', "length": ');
const DEPTH = encode(', "depth": ');
const OFFSET = encode(', "offset": ');
const CLOSE = encode('}');

/** `map --output json`, made piece by piece: `begin`, any number of `runs`, `end`. Each piece is valid until the next is made. */
export class MapJsonRenderer {
  readonly #text = new ByteText(256 * 1024);
  readonly #fileNames = new Map<ImageFile, Uint8Array>();
  #isFirst = true;

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

  #line({ start, length, depth, kind, file, offset }: MapRun): void {
    const text = this.#text;
    if (!this.#isFirst) text.append(SEPARATOR);
    this.#isFirst = false;
    text.append(START);
    text.number(start);
    text.append(LENGTH);
    text.number(length);
    text.append(DEPTH);
    text.number(depth);
    text.append(FLAGS[kind]);
    if (file !== null) {
      text.append(OFFSET);
      text.number(offset);
      text.append(this.#nameOf(file));
    }
    text.append(CLOSE);
  }

  #nameOf(file: ImageFile): Uint8Array {
    let name = this.#fileNames.get(file);
    if (name === undefined) {
      name = encode(`, "filename": ${escapeJson(JSON.stringify(file.path))}`);
      this.#fileNames.set(file, name);
    }
    return name;
  }
}
