import { EXIT } from './exit-codes.ts';
import { limitOptions } from './limits.ts';
import type { ArgumentSpec, CommandSpec, CommandTable, OptionSpec } from './command.ts';
import {
  accessOptionSpecs,
  allDifferencesOption,
  allowOutsideOption,
  backingChainOption,
  backingOption,
  compressOption,
  creationOption,
  depthOption,
  exitZeroOption,
  experimentalOption,
  forceOption,
  formatOption,
  hexOption,
  jobsOption,
  lengthOption,
  levelOption,
  maxMemoryOption,
  maxProblemsOption,
  newBackingOption,
  newFormatOption,
  configOption,
  noChainOption,
  noConfigOption,
  policyOption,
  ruleOption,
  targetOption,
  noCreateOption,
  offsetOption,
  outOfOrderOption,
  outputFormatOption,
  outputOption,
  packJobsOption,
  platformOption,
  pipeOption,
  progressOption,
  recoverOption,
  secondFormatOption,
  seedOption,
  sizeOption,
  sparseSizeOption,
  strictOption,
  strictSizesOption,
  timeoutOption,
} from './options.ts';

const imageArgument: ArgumentSpec = {
  name: 'IMAGE',
  doc: 'a disk image: a path (of several files that of the descriptor), a URL, archive!member, or - for standard input',
  completes: 'file',
};

/** What every command takes. */
export const commonOptions: readonly OptionSpec[] = [
  { name: 'help', short: 'h', doc: 'show help for the command' },
  { name: 'version', doc: 'show the version' },
];

const check: CommandSpec = {
  name: 'check',
  summary: 'check the structure of images',
  description: [
    'Reads every header, table and descriptor of an image and of the images it is based on, and reports what is damaged, lost or at risk: ' +
      'where it is, what was found and expected, what it means for the data, and what can be done. Images are only read, never changed.',
    "Files that an image names are opened only where they are in the image's folder or below it, unless --allow-outside is given.",
    'Several images are checked in processes of their own: one that takes too much time or memory is reported as unchecked, and the others ' +
      'are checked all the same.',
  ],
  arguments: [{ ...imageArgument, isRepeated: true }],
  options: [
    formatOption,
    outputOption('ndjson', 'sarif', 'github', 'html'),
    depthOption,
    strictOption,
    exitZeroOption,
    maxProblemsOption,
    policyOption,
    ...limitOptions,
    targetOption,
    ruleOption,
    configOption,
    noConfigOption,
    noChainOption,
    allowOutsideOption,
    jobsOption,
    timeoutOption,
    maxMemoryOption,
    progressOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck disk.vmdk', doc: 'check one image' },
    { line: 'vdcheck --output ndjson backups/*.vhd', doc: 'check many, one line of JSON for each' },
    { line: 'vdcheck check --strict -f qcow2 disk.img', doc: 'fail on warnings, too' },
    { line: 'vdcheck --policy untrusted upload.qcow2', doc: 'may this image of a stranger be opened?' },
    { line: 'vdcheck --for azure --for hyperv disk.vhd', doc: 'will they take it, and if not, why?' },
    { line: 'vdcheck --output github images/*.qcow2', doc: 'findings as annotations of a workflow run' },
  ],
  load: async () => (await import('./check.ts')).runCheck,
};

const info: CommandSpec = {
  name: 'info',
  summary: 'tell what an image is',
  description: [
    'Format, size of the disk, size on this machine, parent, and what else the format says of itself. With --output json the keys are those ' +
      'of qemu-img info.',
  ],
  arguments: [imageArgument],
  options: [
    formatOption,
    outputOption(),
    backingChainOption,
    noChainOption,
    allowOutsideOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck info disk.qcow2', doc: 'what is it?' },
    { line: 'vdcheck info --backing-chain --output json child.vhd', doc: 'all layers, for programs' },
  ],
  load: async () => (await import('./info.ts')).runInfo,
};

const dump: CommandSpec = {
  name: 'dump',
  summary: 'show every field of every header',
  description: [
    'Prints the structures of an image field by field: where it is in the file, its type, its value and what that means.',
  ],
  arguments: [
    imageArgument,
    {
      name: 'STRUCTURE',
      isOptional: true,
      doc: 'only this one, by the name that dump shows: header, footer ...',
    },
  ],
  options: [formatOption, outputOption(), hexOption, allowOutsideOption, ...accessOptionSpecs],
  examples: [
    { line: 'vdcheck dump disk.vhd', doc: 'all structures' },
    { line: 'vdcheck dump disk.vhd footer', doc: 'one of them' },
  ],
  load: async () => (await import('./dump.ts')).runDump,
};

const map: CommandSpec = {
  name: 'map',
  summary: 'show where each range of the disk is stored',
  description: [
    'Lists the ranges of the disk in order: stored or zeros, where in which file, and in which layer (0 is the image itself). ' +
      'With --output json it prints the same ranges as qemu-img map, for formats and compressed images that qemu-img cannot map, too.',
  ],
  arguments: [imageArgument],
  options: [
    formatOption,
    outputOption(),
    noChainOption,
    allowOutsideOption,
    recoverOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck map disk.qcow2', doc: 'stored ranges, as a table' },
    { line: 'vdcheck map --output json disk.vmdk', doc: 'all ranges, for programs' },
  ],
  load: async () => (await import('./map.ts')).runMap,
};

const read: CommandSpec = {
  name: 'read',
  summary: 'print bytes of the disk',
  description: [
    'Prints what the guest sees, all of the disk or a range of it, through all layers. A range that is not inside the disk is refused, and nothing is printed.',
  ],
  arguments: [imageArgument],
  options: [
    formatOption,
    offsetOption,
    lengthOption,
    noChainOption,
    allowOutsideOption,
    recoverOption,
    progressOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck read --length 512 disk.qcow2 | xxd', doc: 'the first sector' },
    { line: 'vdcheck read disk.vmdk | sha256sum', doc: 'a digest of what the guest sees' },
  ],
  load: async () => (await import('./read.ts')).runRead,
};

const compare: CommandSpec = {
  name: 'compare',
  summary: 'tell whether two images have the same contents',
  description: [
    'Compares what guests see of two images, whatever their formats and layers. Where one disk is shorter, the rest of the other must be zeros; with --strict the sizes must agree. ' +
      'Exits 0 where they are equal, 1 where they differ, 2 where that cannot be told.',
  ],
  arguments: [
    { name: 'A', doc: 'a disk image', completes: 'file' },
    { name: 'B', doc: 'another', completes: 'file' },
  ],
  options: [
    formatOption,
    secondFormatOption,
    outputOption(),
    allDifferencesOption,
    strictSizesOption,
    noChainOption,
    allowOutsideOption,
    progressOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck compare disk.vmdk copy.qcow2', doc: 'equal, or the first byte that differs' },
    { line: 'vdcheck compare --all before.vhd after.vhd', doc: 'every range that differs' },
  ],
  // Status 1 says that the disks differ, so an error needs another one.
  failure: EXIT.undecided,
  load: async () => (await import('./compare.ts')).runCompare,
};

const convert: CommandSpec = {
  name: 'convert',
  summary: 'copy what the guest sees into another format',
  description: [
    'Reads all layers and writes one image, sparse where the disk has zeros. It is written under a temporary name beside DST and gets its own when it is complete; a file that exists is replaced only with --force, and the source or a layer below it never.',
    'DST may be - for standard output, where the output format can be written in order. Into a pipe a qcow2 image goes with its tables first: the source is read twice, ' +
      'and with -c everything is compressed twice, since the tables have the sizes.',
    'With -B only what differs from the parent is written. Its name is looked up from the folder of DST, as readers of the image will. With --no-chain the source is one layer of a chain, ' +
      'and what it does not store is left to the parent.',
    'Ids and times are new each time, unless --seed or SOURCE_DATE_EPOCH asks for the same bytes again.',
  ],
  arguments: [
    { name: 'SRC', isOptional: true, doc: 'the image to read', completes: 'file' },
    { name: 'DST', isOptional: true, doc: 'the image to write', completes: 'file' },
  ],
  options: [
    formatOption,
    outputFormatOption,
    creationOption,
    compressOption,
    levelOption,
    outOfOrderOption,
    backingOption,
    secondFormatOption,
    sparseSizeOption,
    noCreateOption,
    forceOption,
    noChainOption,
    allowOutsideOption,
    recoverOption,
    seedOption,
    platformOption,
    experimentalOption,
    packJobsOption,
    progressOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck convert -O raw disk.vmdk disk.raw', doc: 'a raw disk with holes where it has zeros' },
    { line: 'vdcheck convert disk.vmdk appliance.ova', doc: 'an appliance with the disk as a stream' },
    { line: 'vdcheck convert disk.qcow2 - | gzip > disk.raw.gz', doc: 'into a pipe' },
  ],
  load: async () => (await import('./convert.ts')).runConvert,
};

const create: CommandSpec = {
  name: 'create',
  summary: 'make a new, empty image',
  description: [
    'Makes an image of SIZE bytes that reads as zeros or, with -b, as its parent. SIZE is a number of bytes, or one with a letter: 64k, 1.5G. ' +
      'A file that exists is replaced only with --force. The name of the parent is looked up from the folder of FILE, as readers of the image will.',
  ],
  arguments: [
    { name: 'FILE', isOptional: true, doc: 'the image to write', completes: 'file' },
    {
      name: 'SIZE',
      isOptional: true,
      doc: 'bytes of the disk; with -b that of the parent is taken if left out',
    },
  ],
  options: [
    newFormatOption,
    creationOption,
    newBackingOption,
    secondFormatOption,
    forceOption,
    allowOutsideOption,
    seedOption,
    platformOption,
    experimentalOption,
  ],
  examples: [
    { line: 'vdcheck create -f qcow2 disk.qcow2 10G', doc: 'an empty disk' },
    { line: 'vdcheck create -f qcow2 -b base.qcow2 -F qcow2 child.qcow2', doc: 'a child of another image' },
    { line: 'vdcheck create -f vmdk -o help', doc: 'the creation options of VMDK' },
  ],
  load: async () => (await import('./create.ts')).runCreate,
};

const measure: CommandSpec = {
  name: 'measure',
  summary: 'tell how large a converted image would be',
  description: [
    'Prints the size of the file that convert would write, with the same options, without writing it.',
    'Of a VHD without an output format it prints the size of the whole file by its head, so that a stream on standard input can be announced.',
  ],
  arguments: [{ name: 'SRC', isOptional: true, doc: 'a disk image', completes: 'file' }],
  options: [
    formatOption,
    outputFormatOption,
    creationOption,
    compressOption,
    levelOption,
    backingOption,
    secondFormatOption,
    sparseSizeOption,
    sizeOption,
    pipeOption,
    experimentalOption,
    outputOption(),
    noChainOption,
    allowOutsideOption,
    ...accessOptionSpecs,
  ],
  examples: [
    { line: 'vdcheck measure -O raw disk.vmdk', doc: 'the size of the raw disk' },
    { line: 'head -c 10M disk.vhd | vdcheck measure -', doc: 'the size of the whole VHD' },
  ],
  load: async () => (await import('./measure.ts')).runMeasure,
};

const rules: CommandSpec = {
  name: 'rules',
  summary: 'list the rules, or explain one',
  description: [
    'Without ID, every rule that an image is checked against. With ID, what the rule finds, what it means for the data, how images come to be ' +
      'like this, what each program does with them, and what can be done.',
  ],
  arguments: [{ name: 'ID', isOptional: true, doc: 'the rule as reports name it: vhd/footer-checksum' }],
  options: [outputOption()],
  examples: [
    { line: 'vdcheck rules', doc: 'the list' },
    { line: 'vdcheck rules vhd/footer-checksum', doc: 'one rule explained' },
  ],
  load: async () => (await import('./rules.ts')).runRules,
};

const generate: CommandSpec = {
  name: 'generate',
  summary: 'compile Kaitai Struct specs to TypeScript',
  description: [
    'Compiles specs, and what they import, to typed classes that read, check, edit and write. The compiler is a package of its own, ' +
      'vdcheck-generate, which must be installed here or beside vdcheck.',
  ],
  arguments: [{ name: 'SPEC', isRepeated: true, doc: 'a file that ends in .ksy', completes: 'file' }],
  options: [
    {
      name: 'out',
      value: { kind: 'text', name: 'DIR' },
      doc: 'the folder that the modules are written to',
    },
    {
      name: 'import-root',
      short: 'I',
      value: { kind: 'text', name: 'ROOT' },
      isRepeated: true,
      doc: 'where absolute imports are looked up (also KSPATH)',
    },
    {
      name: 'runtime',
      value: { kind: 'text', name: 'SPECIFIER' },
      doc: 'where the modules import their runtime from; default vdcheck/codec',
    },
    { name: 'no-style', doc: 'no warnings of what the style guide has otherwise' },
    {
      name: 'views',
      doc: 'structures of fixed size leave their values in the bytes until they are asked for',
    },
    { name: 'check', doc: 'write nothing; exit 1 where the modules are not what the specs give' },
    { name: 'watch', doc: 'compile again whenever a spec changes' },
  ],
  examples: [
    { line: 'vdcheck generate --out src/formats formats/*.ksy', doc: 'one module for each spec' },
    {
      line: 'vdcheck generate --out src -I formats --watch formats/archive/zip.ksy',
      doc: 'again at each save',
    },
  ],
  load: async () => (await import('./generate.ts')).runGenerate,
};

const completion: CommandSpec = {
  name: 'completion',
  summary: 'print a script that completes vdcheck in a shell',
  description: ['Prints the script; the examples show how each shell reads it.'],
  arguments: [{ name: 'SHELL', doc: 'bash, zsh or fish', completes: ['bash', 'zsh', 'fish'] }],
  options: [],
  examples: [
    { line: 'source <(vdcheck completion bash)', doc: 'bash, in ~/.bashrc' },
    { line: 'source <(vdcheck completion zsh)', doc: 'zsh, in ~/.zshrc after compinit' },
    { line: 'vdcheck completion fish | source', doc: 'fish, in ~/.config/fish/config.fish' },
  ],
  load: async () => (await import('./completion.ts')).runCompletion,
};

/** Every command, in the order of help. */
export const commands: readonly CommandSpec[] = [
  check,
  info,
  dump,
  map,
  read,
  compare,
  convert,
  create,
  measure,
  rules,
  generate,
  completion,
];

/** The table that the program runs on. */
export const commandTable: CommandTable = { commands, commonOptions };
