/** The public API of vdcheck for Node. */
export * from './errors.ts';
export { fileOffset, type FileOffset, type MaybePromise, type ReadCost, type Source } from './io/source.ts';
export { memorySource } from './io/memory-source.ts';
export { openFileSource, type FileOptions } from './io/file-source.ts';
export { blobSource } from './io/blob-source.ts';
export { openHttpSession, openHttpSource } from './io/http/open-url.ts';
export { type HttpOptions, type HttpSession } from './io/http/session.ts';
export type { TlsOptions } from './io/http/transport.ts';
export { redactUrl, resolveSibling } from './io/http/url.ts';
export { windowSource } from './io/window-source.ts';
export { cached, type CacheOptions } from './io/cached-source.ts';
export { counted, createReadStats, type ReadStats } from './io/counted-source.ts';
export { limited } from './io/limited-source.ts';
export { patched, type BytePatch } from './io/patched-source.ts';
export { retried } from './io/retried-source.ts';
export type { RetryOptions } from './io/retry.ts';
export { remembered, type RememberedOptions, type StreamSource } from './io/remembered-source.ts';
export { openStream } from './io/standard-input.ts';
export { streamOf } from './io/forward-reader.ts';
export {
  findMember,
  listTar,
  streamTar,
  tarMember,
  type StreamedMember,
  type TarListing,
} from './io/archive/tar.ts';
export type { TarMember, TarMemberKind } from './io/archive/tar-walk.ts';
export { gunzip } from './io/archive/gzip.ts';
export type { FileRange } from './io/plan.ts';
export type { Unpack, Unpacked } from './model/content.ts';
export { readRanges, type RangeBytes, type ReadRangesOptions } from './io/read-ranges.ts';
export { scattered } from './io/scattered.ts';
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
export { checkStream, type CheckStreamOptions } from './node/check-stream.ts';
export type { AdjustedRule, Demands, Limits, RuleLevel, TargetAnswer, TargetName } from './model/demands.ts';
export { DEFAULT_LIMITS } from './gate/limits.ts';
export { demandsOf, type TargetDemands } from './gate/targets/index.ts';
export { openImage, type OpenedImage, type OpenOptions, type OpenSource } from './ops/open.ts';
export { followFiles, type FilePolicyOptions } from './node/reference-policy.ts';
export { followNothing, type ReferencePolicy, type ResolvedReference } from './ops/reference-policy.ts';
export type { Chunk, ChunkOptions, Disk, Inflate, Loss, Piece, UnknownPiece } from './model/disk.ts';
export type { MapRun, MapRunKind } from './model/map-run.ts';
export type {
  CreationOption,
  Identity,
  Part,
  Plan,
  PlannedFile,
  WriteContext,
  Writer,
} from './model/writer.ts';
export type { Target } from './model/target.ts';
export { openDisk, type OpenDiskOptions, type OpenedDisk } from './node/open-disk.ts';
export { expandPath } from './node/local.ts';
export { unpack } from './node/unpack.ts';
export { inflate } from './node/inflate.ts';
export { differences, type CompareOptions } from './ops/compare.ts';
export { readDisk, type DiskOptions } from './ops/disk.ts';
export { mapImage } from './ops/map.ts';
export { pieces } from './ops/pieces.ts';
export type { MappingOptions } from './ops/salvage.ts';
export { writePlan, type WriteOptions } from './ops/write.ts';
export { writeImage, type WriteImageOptions } from './node/write-image.ts';
export type { IdentityOptions } from './node/identity.ts';
