import type { MapRun } from '../model/map-run.ts';
import { escapeText } from './escape.ts';
import { isInFile } from './map-place.ts';

const hex = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`).padEnd(16);

/** `map` for people, made piece by piece: the table of `qemu-img map`, stored ranges only. */
export class MapHumanRenderer {
  begin(): string {
    return 'Offset          Length          Mapped to       File\n';
  }

  runs(runs: readonly MapRun[]): string {
    let text = '';
    for (const run of runs) {
      const { start, length, kind, file, offset } = run;
      if (kind === 'compressed') text += `${hex(start)}${hex(length)}compressed\n`;
      else if (file !== null) {
        const place = isInFile(run) ? hex(offset) : 'outside'.padEnd(16);
        text += `${hex(start)}${hex(length)}${place}${escapeText(file.path)}\n`;
      }
    }
    return text;
  }

  end(): string {
    return '';
  }
}
