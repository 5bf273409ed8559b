import { formats } from '../formats/index.ts';
import { writableFormats } from '../ops/writers.ts';
import { TARGETS } from '../model/demands.ts';
import type { OptionSpec } from './command.ts';
import { LEVELS } from './limits.ts';

// Every option that a command may list in its table entry. An option means the same in all commands that have it; a
// command that does not list it refuses it, and help, manual page and completions show it where it is listed.

const formatNames = formats.flatMap(({ id, aliases }) => [id, ...aliases]);

export const formatOption: OptionSpec = {
  name: 'format',
  short: 'f',
  value: { kind: 'choice', name: 'FMT', choices: formatNames },
  doc: 'take the image as FMT instead of looking for its marks',
};

/** `--output`: `human` and `json`, and what else the command prints. */
export function outputOption(...others: readonly string[]): OptionSpec {
  const choices = ['human', 'json', ...others];
  return {
    name: 'output',
    value: { kind: 'choice', name: 'FMT', choices },
    doc: `${choices.join(', ')}; human is the default`,
  };
}

export const depthOption: OptionSpec = {
  name: 'depth',
  value: { kind: 'choice', name: 'DEPTH', choices: ['header', 'metadata', 'data'] },
  doc: 'header: headers and descriptors only; metadata: all tables too (default); data: every stored byte too',
};

export const strictOption: OptionSpec = { name: 'strict', short: 's', doc: 'warnings count as corruption' };

export const exitZeroOption: OptionSpec = {
  name: 'exit-zero',
  doc: 'exit 0 whatever was found; what could not be checked still exits 1',
};

export const maxProblemsOption: OptionSpec = {
  name: 'max-problems',
  value: { kind: 'number', name: 'N', minimum: 0 },
  doc: 'list at most N problems of each rule (default 100); counts stay exact',
};

export const backingChainOption: OptionSpec = {
  name: 'backing-chain',
  doc: 'tell it of all layers, from the image down',
};

export const noChainOption: OptionSpec = { name: 'no-chain', doc: 'do not open parents' };

export const allowOutsideOption: OptionSpec = {
  name: 'allow-outside',
  doc: "open parents and extents that are outside the image's folder, too",
};

export const jobsOption: OptionSpec = {
  name: 'jobs',
  short: 'j',
  value: { kind: 'number', name: 'N', minimum: 1 },
  doc: 'check N images at once; the default goes by the number of images and processors',
};

export const packJobsOption: OptionSpec = {
  name: 'jobs',
  short: 'j',
  value: { kind: 'number', name: 'N', minimum: 1 },
  doc: 'compress N units at once; the default goes by the number of processors',
};

export const timeoutOption: OptionSpec = {
  name: 'timeout',
  value: { kind: 'number', name: 'SECONDS', minimum: 0, takesFractions: true },
  doc: 'leave an image unchecked after SECONDS; 0: never (default: 60 where several are checked, 3600 at depth data)',
};

export const maxMemoryOption: OptionSpec = {
  name: 'max-memory',
  value: { kind: 'number', name: 'MIB', minimum: 0 },
  doc: 'leave an image unchecked that takes more than MIB of memory; 0: no limit (default: 384 where several are checked)',
};

export const progressOption: OptionSpec = {
  name: 'progress',
  short: 'p',
  doc: 'show progress on standard error; on by default on a terminal',
};

export const outputFormatOption: OptionSpec = {
  name: 'output-format',
  short: 'O',
  value: { kind: 'choice', name: 'FMT', choices: writableFormats() },
  doc: 'write FMT; raw is the default',
};

export const creationOption: OptionSpec = {
  name: 'options',
  short: 'o',
  value: { kind: 'text', name: 'K=V[,K=V]' },
  isRepeated: true,
  doc: 'creation options of the output format; -o help lists them',
};

export const secondFormatOption: OptionSpec = {
  name: 'second-format',
  short: 'F',
  value: { kind: 'choice', name: 'FMT', choices: formatNames },
  doc: 'take the second image, which is compared or is the parent, as FMT',
};

export const recoverOption: OptionSpec = {
  name: 'recover',
  doc: 'go on where the image is damaged: what cannot be read is listed and reads as zeros',
};

export const offsetOption: OptionSpec = {
  name: 'offset',
  value: { kind: 'text', name: 'BYTES' },
  doc: 'first byte of the disk to read (default 0); sizes as 64k or 1.5G, too',
};

export const lengthOption: OptionSpec = {
  name: 'length',
  value: { kind: 'text', name: 'BYTES' },
  doc: 'bytes to read (default: to the end of the disk)',
};

export const allDifferencesOption: OptionSpec = { name: 'all', doc: 'list every range that differs' };

export const strictSizesOption: OptionSpec = { name: 'strict', short: 's', doc: 'sizes must agree, too' };

export const compressOption: OptionSpec = { name: 'compress', short: 'c', doc: 'compress what is stored' };

export const levelOption: OptionSpec = {
  name: 'level',
  value: { kind: 'number', name: 'N', minimum: 0 },
  doc: "compress, and how hard (default: the format's usual level)",
};

export const backingOption: OptionSpec = {
  name: 'backing',
  short: 'B',
  value: { kind: 'text', name: 'FILE' },
  doc: 'name FILE as the parent, and write only what differs from it',
};

export const newBackingOption: OptionSpec = {
  name: 'new-backing',
  short: 'b',
  value: { kind: 'text', name: 'FILE' },
  doc: 'name FILE as the parent; its size is taken where SIZE is left out',
};

export const outOfOrderOption: OptionSpec = {
  name: 'out-of-order',
  short: 'W',
  doc: 'store compressed clusters of qcow2 as they get ready: sooner at times, but not the same bytes each time',
};

export const newFormatOption: OptionSpec = {
  name: 'format',
  short: 'f',
  value: { kind: 'choice', name: 'FMT', choices: writableFormats() },
  doc: 'make an image of FMT; raw is the default',
};

export const seedOption: OptionSpec = {
  name: 'seed',
  value: { kind: 'text', name: 'TEXT' },
  doc: 'make ids out of TEXT, so that the same command gives the same bytes; SOURCE_DATE_EPOCH sets the time',
};

export const platformOption: OptionSpec = {
  name: 'for',
  value: {
    kind: 'choice',
    name: 'TARGET',
    choices: TARGETS,
  },
  isRepeated: true,
  doc: 'make it as TARGET demands',
};

export const policyOption: OptionSpec = {
  name: 'policy',
  value: { kind: 'choice', name: 'POLICY', choices: ['untrusted'] },
  doc: 'untrusted: refuse what an image from a stranger must not have, above all names of other files',
};

export const targetOption: OptionSpec = {
  name: 'for',
  value: { kind: 'choice', name: 'TARGET', choices: TARGETS },
  isRepeated: true,
  doc: 'say whether TARGET takes the image, and why not',
};

export const ruleOption: OptionSpec = {
  name: 'rule',
  value: { kind: 'text', name: 'ID=LEVEL' },
  isRepeated: true,
  doc: `count findings of rule ID as LEVEL: ${LEVELS.join(', ')}; the report says so`,
};

export const configOption: OptionSpec = {
  name: 'config',
  value: { kind: 'text', name: 'FILE' },
  doc: 'take rules, limits, policy and targets from FILE instead of vdcheck.config.json here',
};

export const noConfigOption: OptionSpec = {
  name: 'no-config',
  doc: 'read no configuration file; --policy untrusted reads none that is not named',
};

export const experimentalOption: OptionSpec = {
  name: 'experimental',
  doc: 'allow variants that are not proven in the field',
};

export const hexOption: OptionSpec = { name: 'hex', doc: 'show the bytes of each structure, too' };

export const sparseSizeOption: OptionSpec = {
  name: 'sparse-size',
  short: 'S',
  value: { kind: 'text', name: 'SIZE' },
  doc: 'leave zeros out where at least SIZE of them follow one another (default 4k); 0: write all of the file',
};

export const noCreateOption: OptionSpec = {
  name: 'no-create',
  short: 'n',
  doc: 'write into DST, a file or device that exists, instead of making it',
};

export const forceOption: OptionSpec = { name: 'force', doc: 'replace DST if it exists' };

export const pipeOption: OptionSpec = {
  name: 'pipe',
  doc: 'measure what convert writes into a pipe, which may be laid out in another way',
};

export const sizeOption: OptionSpec = {
  name: 'size',
  value: { kind: 'text', name: 'SIZE' },
  doc: 'measure an empty disk of SIZE instead of an image',
};

/** What every command takes that reads images. */
export const accessOptionSpecs: readonly OptionSpec[] = [
  {
    name: 'header',
    value: { kind: 'text', name: 'K: V' },
    isRepeated: true,
    doc: 'send this header with every request to a URL',
  },
  { name: 'user', value: { kind: 'text', name: 'NAME:PASSWORD' }, doc: 'log in to the server of a URL' },
  {
    name: 'cacert',
    value: { kind: 'text', name: 'FILE' },
    doc: 'trust the certificates in FILE (PEM) instead of the usual ones',
  },
  { name: 'insecure', doc: 'trust any certificate of a server' },
  {
    name: 'stats',
    doc: 'print requests, bytes and retries of all reading as a last line of JSON on standard error',
  },
];
