import { UsageError } from '../../../errors.ts';
import type { CreationOption, WriteContext } from '../../../model/writer.ts';

/** The kinds of disk that are written. */
const SUBFORMATS = [
  'monolithicSparse',
  'monolithicFlat',
  'twoGbMaxExtentSparse',
  'twoGbMaxExtentFlat',
  'streamOptimized',
  'vmfs',
  'vmfsSparse',
  'seSparse',
] as const;

/** One of them. */
export type Subformat = (typeof SUBFORMATS)[number];

const ADAPTERS = ['ide', 'lsilogic', 'buslogic', 'legacyESX', 'pvscsi'];

/** `ddb.virtualHWVersion` of disks that the user asks no other for. */
const HARDWARE = { usual: '4', compat6: '6', server: '8' } as const;

/** What ESX and vSphere take: they boot from SCSI only. */
const SERVER_KINDS: readonly Subformat[] = ['streamOptimized', 'vmfs', 'vmfsSparse', 'seSparse'];

/** Kinds that can be deltas over another disk. */
const DELTA_KINDS: readonly Subformat[] = [
  'monolithicSparse',
  'twoGbMaxExtentSparse',
  'vmfsSparse',
  'seSparse',
];

const ZEROED_KINDS: readonly Subformat[] = ['monolithicSparse', 'twoGbMaxExtentSparse'];

/** The options of VMDK, as `qemu-img` names them. Those of the parent are for the caller, who opens it. */
export const vmdkOptions: Readonly<Record<string, CreationOption>> = {
  subformat: {
    type: 'choice',
    choices: SUBFORMATS,
    default: 'monolithicSparse; streamOptimized with -c and for ESX and AWS',
    doc: 'how the disk is stored; seSparse needs --experimental',
  },
  adapter_type: {
    type: 'choice',
    choices: ADAPTERS,
    default: 'ide, lsilogic for ESX',
    doc: 'the controller that the disk is meant for',
  },
  hwversion: { type: 'string', doc: 'version of the virtual hardware (default: 4, 8 for ESX)' },
  compat6: { type: 'boolean', default: 'off', doc: 'virtual hardware of version 6' },
  toolsversion: {
    type: 'string',
    doc: 'version of VMware Tools in the guest; 2147483647 for open-vm-tools',
  },
  zeroed_grain: {
    type: 'boolean',
    default: 'off',
    doc: 'zeros over a parent are noted in tables and take up no room',
  },
  backing_file: { type: 'string', doc: 'the parent: the disk then stores only what differs from it' },
  backing_fmt: { type: 'string', doc: 'format of the parent, which has to be vmdk' },
};

/** The options as they are used. */
export interface VmdkOptions {
  readonly subformat: Subformat;
  readonly adapter: string;
  readonly hardware: string;
  /** `null`: the descriptor does not say. */
  readonly tools: string | null;
  readonly hasZeroedGrains: boolean;
}

/**
 * Reads the options.
 *
 * @throws UsageError where they do not fit one another
 */
export function readVmdkOptions(context: WriteContext): VmdkOptions {
  const { values, compress, backing, experimental, platform } = context;
  const subformat = SUBFORMATS.find((kind) => kind === values['subformat']) ?? usualSubformat(context);
  const refuse = (what: string, kinds: readonly Subformat[]): never => {
    throw new UsageError(`${what}: subformat is ${subformat}, must be ${kinds.join(', ')}`);
  };
  if (compress !== undefined && subformat !== 'streamOptimized')
    refuse('only streams are compressed (-c)', ['streamOptimized']);
  for (const name of ['backing_file', 'backing_fmt'])
    if (values[name] !== undefined && backing === null)
      throw new UsageError(
        `option '${name}' needs the parent opened: name it with -b (create) or -B (convert)`,
      );
  if (backing !== null && !DELTA_KINDS.includes(subformat)) refuse('this kind has no parent', DELTA_KINDS);
  const hasZeroedGrains = values['zeroed_grain'] === true;
  if (hasZeroedGrains && !ZEROED_KINDS.includes(subformat)) refuse('zeroed_grain is not known', ZEROED_KINDS);
  if (subformat === 'seSparse') demandExperiment(experimental === true, platform);
  const isCompat6 = values['compat6'] === true;
  if (isCompat6 && values['hwversion'] !== undefined)
    throw new UsageError(
      'compat6 and hwversion both give the version of the virtual hardware: leave one out',
    );
  const isServer = SERVER_KINDS.includes(subformat);
  const usual = isServer ? HARDWARE.server : HARDWARE.usual;
  return {
    subformat,
    adapter: String(values['adapter_type'] ?? (isServer ? 'lsilogic' : 'ide')),
    hardware: isCompat6 ? HARDWARE.compat6 : demandWord('hwversion', values['hwversion'] ?? usual),
    tools: values['toolsversion'] === undefined ? null : demandWord('toolsversion', values['toolsversion']),
    hasZeroedGrains,
  };
}

/**
 * What is written where the user does not say: ESX and AWS import streams only, and ESX keeps children as
 * vmfsSparse.
 */
function usualSubformat({ compress, backing, platform }: WriteContext): Subformat {
  if (backing !== null) return platform === 'esx' ? 'vmfsSparse' : 'monolithicSparse';
  const isImported = platform === 'esx' || platform === 'aws';
  return isImported || compress !== undefined ? 'streamOptimized' : 'monolithicSparse';
}

/** Its maker publishes nothing: ESX would trust areas whose content is not documented. */
function demandExperiment(isAllowed: boolean, platform: string | undefined): void {
  if (platform === 'esx')
    throw new UsageError('seSparse is not written for ESX, which could lose data in it: take vmfsSparse');
  if (!isAllowed)
    throw new UsageError('seSparse is written for readers other than ESX only: --experimental allows it');
}

/** These are in quotes, which know no escapes. */
function demandWord(name: string, value: unknown): string {
  const text = String(value);
  if (!/^[\w.]{1,20}$/.test(text))
    throw new UsageError(`option '${name}' takes a number, not ${JSON.stringify(text)}`);
  return text;
}
