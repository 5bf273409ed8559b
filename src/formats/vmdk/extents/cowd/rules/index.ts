import { onEachExtent } from '../../on-each-extent.ts';
import type { CowdFindings } from '../findings.ts';
import type { CowdLayout } from '../layout/cowd-layout.ts';
import { headerRules } from './header.ts';
import { tableRules } from './tables.ts';

/** The rules on COWD extents. */
export const vmdk3Rules = onEachExtent<CowdLayout, CowdFindings, void>(({ cowdExtents }) => cowdExtents, {
  ...headerRules,
  ...tableRules,
});
