import { defineRules } from '../../../../../model/rule.ts';
import type { InImage } from '../../on-each-extent.ts';
import type { HostedFindings } from '../findings.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import type { HostedWalk } from '../walk.ts';

/** Declares rules that look at one hosted sparse extent. */
export const defineHostedRules = defineRules<InImage<HostedLayout>, HostedFindings, HostedWalk>();
