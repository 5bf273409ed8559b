import type { ImageFile } from '../model/image.ts';
import type { MapRun, MapRunKind } from '../model/map-run.ts';
import { escapeJson } from './escape.ts';

/** The flags of each kind of run in `qemu-img map`'s order, as text: hundreds of thousands of lines are made of them. */
const FLAGS: Readonly<Record<MapRunKind, string>> = {
  data: '"present": true, "zero": false, "data": true, "compressed": false',
  compressed: '"present": true, "zero": false, "data": true, "compressed": true',
  zero: '"present": true, "zero": true, "data": false, "compressed": false',
  unallocated: '"present": false, "zero": true, "data": false, "compressed": false',
  unknown: '"present": false, "zero": false, "data": false, "compressed": false',
};

/** `map --output json`, made piece by piece: `begin`, any number of `runs`, `end`. */
export class MapJsonRenderer {
  readonly #fileNames = new Map<ImageFile, string>();
  #isFirst = true;

  begin(): string {
    return '[';
  }

  runs(runs: readonly MapRun[]): string {
    let text = '';
    for (const { start, length, depth, kind, file, offset } of runs) {
      if (!this.#isFirst) text += ',\n';
      this.#isFirst = false;
      text += `{ "start": ${start}, "length": ${length}, "depth": ${depth}, ${FLAGS[kind]}`;
      text += file === null ? '}' : `, "offset": ${offset}, "filename": ${this.#nameOf(file)}}`;
    }
    return text;
  }

  end(): string {
    return ']\n';
  }

  #nameOf(file: ImageFile): string {
    let name = this.#fileNames.get(file);
    if (name === undefined) this.#fileNames.set(file, (name = escapeJson(JSON.stringify(file.path))));
    return name;
  }
}
