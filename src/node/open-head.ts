import { createReadStream } from 'node:fs';
import { remembered } from '../io/remembered-source.ts';
import type { MaybePromise, Source } from '../io/source.ts';
import { openLocalSource, type LocalOptions } from './local.ts';

/** Opens an image of which only the beginning is read: nothing of standard input is stored. */
export function openHead(path: string, options: LocalOptions): MaybePromise<Source> {
  if (path !== '-') return openLocalSource(path, options);
  return remembered(createReadStream('', { fd: 0, autoClose: false }), { name: '-', tail: 0 });
}
