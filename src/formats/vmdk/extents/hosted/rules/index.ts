import { onEachExtent } from '../../on-each-extent.ts';
import type { HostedFindings } from '../findings.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import type { HostedWalk } from '../walk.ts';
import { contentRules } from './content.ts';
import { directoryRules } from './directory.ts';
import { entryRules } from './entries.ts';
import { footerRules } from './footer.ts';
import { gapRules } from './gaps.ts';
import { headerRules } from './header.ts';
import { layoutRules } from './layout.ts';
import { markerRules } from './markers.ts';
import { mirrorRules } from './mirror.ts';
import { regionRules } from './regions.ts';
import { spaceRules } from './space.ts';

/** The rules on hosted sparse and streamOptimized extents. */
export const vmdk4Rules = onEachExtent<HostedLayout, HostedFindings, HostedWalk>(
  ({ hostedExtents }) => hostedExtents,
  {
    ...headerRules,
    ...layoutRules,
    ...footerRules,
    ...regionRules,
    ...entryRules,
    ...directoryRules,
    ...mirrorRules,
    ...spaceRules,
    ...markerRules,
    ...contentRules,
    ...gapRules,
  },
);
