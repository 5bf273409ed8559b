import type { SpecRule } from '../../../../../generated/cowd.ts';
import type { RegionFacts } from '../../../../model/owners.ts';
import type { FieldFault } from '../../../../model/rule.ts';

/** What can be found out about a COWD extent, and the figures that go with it. */
export interface CowdFindings extends Record<SpecRule, FieldFault> {
  'vmdk3/parent-name-mismatch': { readonly name: string; readonly hint: string };
  'vmdk3/no-parent': null;
  'vmdk3/gd-padding-nonzero': { readonly bytes: number };
  'vmdk3/gde-out-of-file': RegionFacts;
  'vmdk3/gde-in-metadata': RegionFacts;
  'vmdk3/gde-duplicate': RegionFacts;
  'vmdk3/gte-out-of-file': RegionFacts;
  'vmdk3/gte-in-metadata': RegionFacts;
  'vmdk3/gte-duplicate': RegionFacts;
  'vmdk3/gte-beyond-capacity': { readonly field: string; readonly entry: number; readonly grains: number };
  /** Sectors. */
  'vmdk3/free-sector-invalid': { readonly free: number; readonly used: number; readonly size: number };
  'vmdk3/trailing-data': { readonly first: number; readonly sectors: number; readonly end: number };
  'vmdk3/grain-unreferenced': { readonly ranges: number; readonly bytes: number };
}
