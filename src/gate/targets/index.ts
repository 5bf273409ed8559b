import { TARGETS, type TargetName } from '../../model/demands.ts';
import type { RuleTable } from '../../model/rule.ts';
import { indexRules, type RuleIndex } from '../../model/rule-findings.ts';
import type { Subject } from '../subject.ts';
import { awsRules, type AwsFindings } from './aws.ts';
import { azureRules, type AzureFindings } from './azure.ts';
import { esxRules, type EsxFindings } from './esx.ts';
import { glanceRules, type GlanceFindings } from './glance.ts';
import { hypervRules, type HypervFindings } from './hyperv.ts';
import { virtualboxRules, type VirtualboxFindings } from './virtualbox.ts';
import { xenRules, type XenFindings } from './xen.ts';

/** What the rules of all platforms can find. */
export interface TargetFindings
  extends
    AzureFindings,
    AwsFindings,
    EsxFindings,
    HypervFindings,
    VirtualboxFindings,
    XenFindings,
    GlanceFindings {}

/** The rules of each platform. */
const TABLES: Readonly<Record<TargetName, Readonly<Record<string, unknown>>>> = {
  azure: azureRules,
  aws: awsRules,
  esx: esxRules,
  hyperv: hypervRules,
  virtualbox: virtualboxRules,
  xen: xenRules,
  glance: glanceRules,
};

/** The rules of all platforms. */
export const targetRules = {
  ...azureRules,
  ...awsRules,
  ...esxRules,
  ...hypervRules,
  ...virtualboxRules,
  ...xenRules,
  ...glanceRules,
} satisfies RuleTable<Subject, TargetFindings>;

/** The rules of one platform, by id. */
export function rulesOfTarget(target: TargetName): RuleIndex {
  return indexRules(TABLES[target]);
}

/** What a platform asks of an image that is to be written for it. */
export interface TargetDemands {
  /** As messages name it. */
  readonly title: string;
  /** Formats that it takes, the best first. */
  readonly formats: readonly string[];
  /** What it takes of the best format, for those who ask what to write. */
  readonly advice: string;
  /** Values that a creation option may have, by format and option; the first is taken where none is given. */
  readonly options: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What runs on ESXi as it is; `seSparse` is refused by its writer. */
const ESX_KINDS = ['vmfs', 'vmfsSparse', 'seSparse'] as const;

const DEMANDS: Readonly<Record<TargetName, TargetDemands>> = {
  azure: {
    title: 'Azure',
    formats: ['vhd'],
    advice: '-O vhd -o subformat=fixed',
    options: { vhd: { subformat: ['fixed'] } },
  },
  aws: {
    title: 'AWS',
    formats: ['raw', 'vhd', 'vmdk'],
    advice: '-O raw, or -O vmdk -o subformat=streamOptimized',
    options: { vmdk: { subformat: ['streamOptimized'] } },
  },
  esx: {
    title: 'ESXi',
    formats: ['vmdk'],
    advice: '-O vmdk -o subformat=streamOptimized',
    options: { vmdk: { subformat: ['streamOptimized', ...ESX_KINDS] } },
  },
  hyperv: { title: 'Hyper-V', formats: ['vhd'], advice: '-O vhd', options: {} },
  virtualbox: { title: 'VirtualBox', formats: ['vdi', 'vmdk', 'vhd'], advice: '-O vdi', options: {} },
  xen: { title: 'XenServer', formats: ['vhd', 'raw', 'qcow2'], advice: '-O vhd', options: {} },
  glance: {
    title: 'Glance',
    formats: ['qcow2', 'raw', 'vmdk', 'vdi', 'vhd'],
    advice: '-O qcow2',
    options: {},
  },
};

/** What a platform asks of an image that is to be written for it. */
export function demandsOf(target: TargetName): TargetDemands {
  return DEMANDS[target];
}

/** Whether a name is one of a platform. */
export function isTarget(name: string): name is TargetName {
  return (TARGETS as readonly string[]).includes(name);
}
