/** The public API of vdcheck for Node. */
export * from './errors.ts';
export { fileOffset, type FileOffset, type Source } from './io/source.ts';
export { memorySource } from './io/memory-source.ts';
export { openFileSource } from './io/file-source.ts';
export { guestOffset, type GuestOffset, type GuestRange } from './model/offsets.ts';
export type {
  CompressionMethod,
  DumpedStructure,
  FileRole,
  Image,
  ImageFile,
  ImageInfo,
  Located,
  Mapping,
  ParentLink,
  ReferenceState,
  SnapshotInfo,
} from './model/image.ts';
export type {
  Finding,
  Place,
  Problem,
  ProblemPlace,
  ProblemSink,
  Report,
  Severity,
} from './model/problem.ts';
export type { Depth, Explanation, Repair, RuleInfo } from './model/rule.ts';
export type {
  Allocation,
  CheckFailure,
  CheckReport,
  FileReport,
  ImageReport,
  ProblemCounts,
  Verdict,
} from './model/report.ts';
export { checkImage, type CheckOptions } from './ops/check.ts';
export { checkLocalImage, openLocalImage, type LocalOptions } from './node/local.ts';
export { openImage, type OpenedImage, type OpenOptions, type OpenSource } from './ops/open.ts';
export { followFiles, type FilePolicyOptions } from './node/reference-policy.ts';
export { followNothing, type ReferencePolicy, type ResolvedReference } from './ops/reference-policy.ts';
