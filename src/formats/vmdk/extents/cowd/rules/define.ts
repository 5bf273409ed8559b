import { defineRules } from '../../../../../model/rule.ts';
import type { InImage } from '../../on-each-extent.ts';
import type { CowdFindings } from '../findings.ts';
import type { CowdLayout } from '../layout/cowd-layout.ts';

/** Declares rules that look at one COWD extent. */
export const defineCowdRules = defineRules<InImage<CowdLayout>, CowdFindings, void>();
