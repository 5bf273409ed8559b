import type { SpecRule } from '../../../../../generated/sesparse.ts';
import type { Findings } from '../../../../model/findings.ts';
import type { RegionFacts } from '../../../../model/owners.ts';
import type { FieldFault } from '../../../../model/rule.ts';

/** What specs demand of single entries; the walk tells it. */
type EntryRule = 'sesparse/gde-type' | 'sesparse/gte-type';

/** An entry and its 64 bits in hex. */
export interface SlotFault {
  readonly field: string;
  readonly actual: string;
}

/** What was found, in a sentence without a full stop. */
export interface Sentence {
  readonly sentence: string;
}

/** What can be found out about a seSparse extent, and the figures that go with it. */
export interface SeSparseFindings extends Record<Exclude<SpecRule, EntryRule>, FieldFault> {
  'sesparse/area-overlap': FieldFault;
  'sesparse/area-order': FieldFault;
  'sesparse/area-alignment': FieldFault;
  'sesparse/capacity-alignment': FieldFault;
  'sesparse/grain-dir-too-small': FieldFault;
  'sesparse/grain-tables-too-small': FieldFault;
  'sesparse/bitmap-too-small': FieldFault;
  'sesparse/backmap-too-small': FieldFault;
  'sesparse/gde-type': SlotFault;
  'sesparse/gde-out-of-area': { readonly field: string; readonly index: number; readonly tables: number };
  'sesparse/gde-duplicate': RegionFacts;
  'sesparse/gte-type': SlotFault;
  'sesparse/gte-unallocated-payload': SlotFault;
  'sesparse/gte-zero-payload': SlotFault;
  'sesparse/gte-out-of-file': RegionFacts;
  'sesparse/gte-out-of-area': { readonly field: string; readonly slot: number; readonly slots: number };
  'sesparse/gte-duplicate': RegionFacts;
  'sesparse/gte-unmapped-reuse': RegionFacts;
  'sesparse/gte-beyond-capacity': SlotFault & { readonly grains: number };
  'sesparse/free-gt-number': Sentence;
  'sesparse/txn-seq': Sentence;
  'sesparse/gde-beyond-capacity': Sentence;
  'sesparse/gte-unmapped-semantics': Sentence;
  'sesparse/slot-unreferenced': Sentence;
  'sesparse/no-parent': Sentence;
  'sesparse/journal-nonzero-clean': Sentence;
  'sesparse/table-unreferenced-nonzero': Sentence;
  'sesparse/bitmap-mismatch': Sentence;
  'sesparse/backmap-mismatch': Sentence;
}

/** Where opening and walking an extent tell what they find. */
export type TellSeSparse = Findings<SeSparseFindings>;
