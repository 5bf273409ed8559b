import type { ProbeSample, Recognition } from '../../model/format.ts';
import { findMarks } from './marks.ts';

/** Recognises a VMDK of any kind: an extent with its magic, descriptor text, or what is left of one of them. */
export function probe(sample: ProbeSample): Recognition | null {
  return findMarks(sample)?.recognition ?? null;
}
