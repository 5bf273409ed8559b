import type { FileFindings } from '../../model/file-findings.ts';
import type { FormatContext } from '../../model/format.ts';

/** What can be found out about descriptors, the files that they name and the chain of parents, and the figures that go with it. */
export interface VmdkFindings {}

/** Everything that can be found out about a VMDK. */
export type AllVmdkFindings = VmdkFindings & FileFindings;

/** What is given to open a VMDK, and to open its extents. */
export type VmdkContext = FormatContext<AllVmdkFindings>;
