import { defineRules } from '../../../../../model/rule.ts';
import type { InImage } from '../../on-each-extent.ts';
import type { SeSparseFindings } from '../findings.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import type { SeSparseWalk } from '../walk.ts';

/** Declares rules that look at one seSparse extent. */
export const defineSeSparseRules = defineRules<InImage<SeSparseLayout>, SeSparseFindings, SeSparseWalk>();
