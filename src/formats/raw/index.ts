import { defineFormat, type Format } from '../../model/format.ts';
import { openRawImage } from './image.ts';
import { probe } from './probe.ts';

/** Disks without any structure, and whatever no other format recognises. */
export const raw: Format = defineFormat({
  id: 'raw',
  title: 'Raw disk',
  extensions: ['raw', 'img', 'dd', 'bin', 'iso'],
  rules: [],
  probe,
  open: async (context) => openRawImage(context),
});
