import { ImageType } from '../../../../generated/vdi.ts';
import { defineRules, describeBreach } from '../../../model/rule.ts';
import type { VdiFindings } from '../findings.ts';
import { zeroTerminated } from '../layout/comment.ts';
import { formatVersion } from '../layout/header.ts';
import type { VdiImage } from '../layout/image.ts';
import { formatUuid, isNullUuid } from '../layout/uuid.ts';
import type { VdiWalk } from '../walk.ts';

const PREHEADER = 'VirtualBox 7.0, VDICore.h, VDIPREHEADER';
const HEADER = 'VirtualBox 7.0, VDICore.h, VDIHEADER1PLUS';
const VALIDATION = 'VirtualBox 7.0, VDI.cpp, vdiValidateHeader';

/** Header sizes that writers give: without and with the logical geometry. */
const USUAL_SIZES: readonly number[] = [384, 400];

/** The rules on what the header says of the image as a whole. */
export const headerRules = defineRules<VdiImage, VdiFindings, VdiWalk>()({
  'vdi/header-truncated': {
    severity: 'error',
    depth: 'header',
    title: 'The file ends inside the header',
    spec: HEADER,
    repair: 'none',
    message: ({ field, expected, actual }) =>
      `the file ends inside the header: ${field} has ${actual}, needs ${expected}`,
  },
  'vdi/signature': {
    severity: 'error',
    depth: 'header',
    title: 'The signature is wrong',
    spec: PREHEADER,
    repair: 'safe',
    message: describeBreach,
  },
  'vdi/version': {
    severity: 'error',
    depth: 'header',
    title: 'A version other than 1.1',
    spec: PREHEADER,
    repair: 'none',
    message: ({ actual }) => `the version is ${formatVersion(Number(actual))}; only 1.1 is known`,
  },
  'vdi/header-size': {
    severity: 'error',
    depth: 'header',
    title: 'The header size is too small',
    spec: VALIDATION,
    repair: 'safe',
    derivedFrom: ['vdi/version'],
    message: describeBreach,
  },
  'vdi/header-size-unusual': {
    severity: 'info',
    depth: 'header',
    title: 'A header of unusual size',
    spec: HEADER,
    repair: 'none',
    derivedFrom: ['vdi/header-size', 'vdi/version'],
    message: ({ headerSize }) => `the header has ${headerSize} bytes; writers give 384 or 400`,
    check({ header }, tell) {
      const { headerSize } = header.fields;
      if (USUAL_SIZES.includes(headerSize)) return;
      tell({
        at: header.at('header_size'),
        data: { headerSize },
        expected: '384 or 400',
        actual: String(headerSize),
      });
    },
  },
  'vdi/image-type': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown image type',
    spec: VALIDATION,
    repair: 'decision',
    message: ({ actual }) => `the image type is ${actual}, must be 1, 2, 3 or 4`,
  },
  'vdi/image-type-undo': {
    severity: 'warning',
    depth: 'header',
    title: 'An undo image',
    spec: HEADER,
    repair: 'decision',
    message: () => 'the image type is 3, an undo image, which no released VirtualBox makes',
    check({ header }, tell) {
      if (header.fields.imageType !== ImageType.undo) return;
      tell({ at: header.at('image_type'), data: null, expected: '1, 2 or 4', actual: '3' });
    },
  },
  'vdi/flags-unknown': {
    severity: 'warning',
    depth: 'header',
    title: 'Unknown flags are set',
    spec: VALIDATION,
    repair: 'safe',
    message: ({ field, actual }) => `${field} is ${actual}, must be 0`,
  },
  'vdi/comment-malformed': {
    severity: 'info',
    depth: 'header',
    title: 'The comment is malformed',
    spec: HEADER,
    repair: 'safe',
    message: ({ reason }) => `the comment ${reason}`,
    check({ header }, tell) {
      const reason = findCommentFault(header.fields.comment);
      if (reason !== null) tell({ at: header.at('comment'), data: { reason } });
    },
  },
  'vdi/uuid-create-null': {
    severity: 'warning',
    depth: 'header',
    title: 'The UUID of the image is null',
    spec: VALIDATION,
    repair: 'lossy',
    message: () => 'the UUID of the image is null: VirtualBox refuses it, and no child can refer to it',
  },
  'vdi/uuid-modify-null': {
    severity: 'warning',
    depth: 'header',
    title: 'The modification UUID is null',
    spec: VALIDATION,
    repair: 'lossy',
    message: () => 'the modification UUID is null: VirtualBox refuses the image',
  },
  'vdi/uuids-equal': {
    severity: 'info',
    depth: 'header',
    title: 'The UUID of the image is its modification UUID too',
    spec: HEADER,
    repair: 'lossy',
    derivedFrom: ['vdi/uuid-create-null'],
    message: ({ uuid }) => `image and modification have the same UUID ${uuid}`,
    check({ header }, tell) {
      const { uuidCreate, uuidModify } = header.fields;
      const uuid = formatUuid(uuidCreate);
      if (isNullUuid(uuidCreate) || uuid !== formatUuid(uuidModify)) return;
      tell({ at: header.at('uuid_modify'), data: { uuid }, actual: uuid });
    },
  },
});

function findCommentFault(comment: Uint8Array): string | null {
  if (zeroTerminated(comment) === null) return 'is not UTF-8';
  const end = comment.indexOf(0);
  if (end < 0) return 'has no zero at its end';
  return comment.subarray(end).some((byte) => byte !== 0) ? 'is not padded with zeros' : null;
}
