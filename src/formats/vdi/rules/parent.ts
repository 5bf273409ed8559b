import { defineRules } from '../../../model/rule.ts';
import type { VdiFindings } from '../findings.ts';
import { hasParent, type VdiImage } from '../layout/image.ts';
import { formatUuid, isNullUuid } from '../layout/uuid.ts';
import type { VdiWalk } from '../walk.ts';

const HEADER = 'VirtualBox 7.0, VDICore.h, VDIHEADER1PLUS';

/** The rules on the parent of a differencing image. */
export const parentRules = defineRules<VdiImage, VdiFindings, VdiWalk>()({
  'vdi/parent-uuid-null': {
    severity: 'error',
    depth: 'header',
    title: 'A differencing image without the UUID of its parent',
    spec: `${HEADER}, uuidLinkage`,
    repair: 'decision',
    message: () => 'the image is a differencing one, but the UUID of its parent is null',
    check({ header, variant }, tell) {
      if (!hasParent({ variant }) || !isNullUuid(header.fields.uuidLinkage)) return;
      tell({ at: header.at('uuid_linkage'), data: null });
    },
  },
  'vdi/parent-uuid-on-base': {
    severity: 'warning',
    depth: 'header',
    title: 'An image without a parent that names one',
    spec: `${HEADER}, uuidLinkage; QEMU 7.2, block/vdi.c`,
    repair: 'decision',
    derivedFrom: ['vdi/image-type'],
    message: ({ uuid }) => `the image has no parent by its type, but the UUID of a parent is ${uuid}`,
    check({ header, variant }, tell) {
      const { uuidLinkage, uuidParentModify } = header.fields;
      if (hasParent({ variant })) return;
      for (const [field, bytes] of [
        ['uuid_linkage', uuidLinkage],
        ['uuid_parent_modify', uuidParentModify],
      ] as const) {
        if (isNullUuid(bytes)) continue;
        tell({ at: header.at(field), data: { uuid: formatUuid(bytes) }, actual: formatUuid(bytes) });
        return;
      }
    },
  },
  'vdi/parent-modify-null': {
    severity: 'warning',
    depth: 'header',
    title: 'The modification UUID of the parent is null',
    spec: `${HEADER}, uuidParentModify`,
    repair: 'decision',
    derivedFrom: ['vdi/parent-uuid-null'],
    message: () => 'the modification UUID of the parent is null, so a change of the parent goes unnoticed',
    check({ header, variant }, tell) {
      if (!hasParent({ variant }) || !isNullUuid(header.fields.uuidParentModify)) return;
      tell({ at: header.at('uuid_parent_modify'), data: null });
    },
  },
  'vdi/parent-is-itself': {
    severity: 'error',
    depth: 'header',
    title: 'The image is its own parent',
    spec: `${HEADER}, uuidLinkage`,
    repair: 'none',
    message: ({ uuid }) => `the UUID of the parent ${uuid} is that of the image itself`,
    check({ header, variant }, tell) {
      const uuid = formatUuid(header.fields.uuidLinkage);
      const isOwn = uuid === formatUuid(header.fields.uuidCreate);
      if (!hasParent({ variant }) || isNullUuid(header.fields.uuidLinkage) || !isOwn) return;
      tell({ at: header.at('uuid_linkage'), data: { uuid }, actual: uuid });
    },
  },
  'vdi/parent-not-named': {
    severity: 'info',
    depth: 'header',
    title: 'The parent is known by its UUID only',
    spec: `${HEADER}, uuidLinkage`,
    repair: 'none',
    derivedFrom: ['vdi/parent-uuid-null', 'vdi/parent-is-itself'],
    message: ({ uuid }) =>
      `the parent was not opened: the image names it by the UUID ${uuid} only, which says nothing of its file`,
    check({ header, variant }, tell) {
      if (!hasParent({ variant })) return;
      const uuid = formatUuid(header.fields.uuidLinkage);
      tell({ at: header.at('uuid_linkage'), data: { uuid }, actual: uuid });
    },
  },
});
