import { contentExplanations } from './content.explained.ts';
import { directoryExplanations } from './directory.explained.ts';
import { entryExplanations } from './entries.explained.ts';
import { footerExplanations } from './footer.explained.ts';
import { gapExplanations } from './gaps.explained.ts';
import { headerExplanations } from './header.explained.ts';
import { layoutExplanations } from './layout.explained.ts';
import { markerExplanations } from './markers.explained.ts';
import { mirrorExplanations } from './mirror.explained.ts';
import { regionExplanations } from './regions.explained.ts';
import { spaceExplanations } from './space.explained.ts';

/** What `vdcheck rules ID` prints of the rules on hosted sparse and streamOptimized extents. */
export const vmdk4Explanations = {
  ...headerExplanations,
  ...layoutExplanations,
  ...footerExplanations,
  ...regionExplanations,
  ...entryExplanations,
  ...directoryExplanations,
  ...mirrorExplanations,
  ...spaceExplanations,
  ...markerExplanations,
  ...contentExplanations,
  ...gapExplanations,
};
