import type { MemoryFiles } from '../../support/open.ts';
import type { RuleCase } from '../../support/rule-case.ts';
import { buildVhd, utf16, uuid, type VhdEditor, type VhdPlaces, type VhdPlan } from '../../support/vhd.ts';

const SECTOR = 512;
const BLOCK = 65536;
/** Three blocks, the last of which is half on the disk; sector 3 of block 1 is not written. */
const PLAN: VhdPlan = {
  size: 2.5 * BLOCK,
  blockSize: BLOCK,
  blocks: [
    [0],
    [
      1,
      [
        [0, 3],
        [4, 128],
      ],
    ],
    [2, [[0, 64]]],
  ],
};
const CHILD: VhdPlan = {
  ...PLAN,
  type: 'differencing',
  parent: { uniqueId: uuid(9), locators: [{ code: 'W2ru', data: utf16('.\\parent.vhd', 'le') }] },
};
const PARENT: MemoryFiles = {
  'parent.vhd': buildVhd({ size: 2.5 * BLOCK, blockSize: BLOCK, uniqueId: uuid(9) }).bytes,
};

/** The disk with a change in the data of a block. */
function disk(
  index: number,
  change: (editor: VhdEditor, data: number) => unknown,
  plan = PLAN,
  others: MemoryFiles = {},
): MemoryFiles {
  const built = buildVhd(plan);
  const places: VhdPlaces = built.at;
  const data = (places.blocks.get(index) ?? 0) + SECTOR;
  return { 'disk.vhd': built.damage((editor) => void change(editor, data)).bytes, ...others };
}

const sound = () => disk(0, () => undefined);

export const dataCases: readonly RuleCase[] = [
  {
    rule: 'vhd/bitmap-data-mismatch',
    damaged: () => disk(1, (editor, data) => editor.set(data + 4 * SECTOR - 1, [1])),
    near: sound,
    also: [],
    count: 1,
    field: 'block[1]',
  },
  {
    // What is below shows through.
    rule: 'vhd/bitmap-data-mismatch',
    damaged: () => disk(1, (editor, data) => editor.set(data + 3 * SECTOR, [1]), CHILD, PARENT),
    near: () => disk(1, (editor, data) => editor.set(data + 4 * SECTOR, [1]), CHILD, PARENT),
    severity: 'info',
    also: [],
  },
  {
    rule: 'vhd/last-block-tail',
    damaged: () => disk(2, (editor, data) => editor.set(data + BLOCK / 2, [1])),
    near: () => disk(2, (editor, data) => editor.set(data + BLOCK / 2 - 1, [1])),
    also: [],
    count: 1,
  },
];
