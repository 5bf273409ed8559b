import type { CreationOption } from '../../../model/writer.ts';

/** The creation options, as `qemu-img` has them. */
export const qcow2Options: Readonly<Record<string, CreationOption>> = {
  compat: {
    type: 'choice',
    choices: ['0.10', '1.1', 'v2', 'v3'],
    default: '1.1',
    doc: 'version 2 (0.10 or v2), which old programs read, or version 3 (1.1 or v3)',
  },
  cluster_size: {
    type: 'size',
    default: '65536',
    doc: 'bytes of a cluster: a power of two from 512 to 2M; from 16k on with extended_l2',
  },
  refcount_bits: {
    type: 'number',
    default: '16',
    doc: 'width of a reference count: 1, 2, 4, 8, 16, 32 or 64; always 16 in version 2',
  },
  lazy_refcounts: {
    type: 'boolean',
    default: 'off',
    doc: 'lets programs that write put off reference counts',
  },
  extended_l2: {
    type: 'boolean',
    default: 'off',
    doc: 'divides each cluster into 32 subclusters that are allocated one by one',
  },
  compression_type: {
    type: 'choice',
    choices: ['zlib', 'zstd'],
    default: 'zlib',
    doc: 'how clusters are packed, with -c or later',
  },
  preallocation: {
    type: 'choice',
    choices: ['off', 'metadata', 'falloc', 'full'],
    default: 'off',
    doc: 'metadata: every cluster has its place in the file; falloc and full: it is filled with zeros, too',
  },
  backing_file: { type: 'string', doc: 'the layer below, as -b or -B names it' },
  backing_fmt: { type: 'string', doc: 'its format, as -F names it' },
  data_file: { type: 'string', doc: 'name of a second file, beside the image, that takes the guest data' },
  data_file_raw: {
    type: 'boolean',
    default: 'off',
    doc: 'the data file is a raw disk that can be used without the image',
  },
};

const ENCRYPTED = 'encrypted images cannot be written; convert without it and encrypt with qemu-img';

/** Options that `qemu-img` has and that are refused, each with the reason. */
export const refusedQcow2Options: Readonly<Record<string, string>> = {
  size: 'the size of the disk is that of the source, or SIZE of create',
  encryption: ENCRYPTED,
  'encrypt.format': ENCRYPTED,
  'encrypt.key-secret': ENCRYPTED,
  'encrypt.cipher-alg': ENCRYPTED,
  'encrypt.cipher-mode': ENCRYPTED,
  'encrypt.ivgen-alg': ENCRYPTED,
  'encrypt.ivgen-hash-alg': ENCRYPTED,
  'encrypt.hash-alg': ENCRYPTED,
  'encrypt.iter-time': ENCRYPTED,
};
