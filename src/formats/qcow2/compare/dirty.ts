import { formatHex } from '../../../codec/index.ts';
import type { Findings } from '../../../model/findings.ts';
import type { Finding } from '../../../model/problem.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';

/** Whether the writer said that it puts off updates of the reference counts, and did not come to make them. */
export function isDirty({ header }: Qcow2Image): boolean {
  return header.fields.incompatibleFeatures?.dirty === true;
}

/** The finding of the dirty bit with the number of counts that are too low. */
export function dirtyFinding(
  { header, firstCluster }: Qcow2Image,
  stale: number,
): Finding<Qcow2Findings['qcow2/dirty']> {
  const view = new DataView(firstCluster.buffer, firstCluster.byteOffset, firstCluster.byteLength);
  const actual = formatHex(view.getBigUint64(72), 8);
  return { at: header.at('incompatible_features'), data: { stale }, expected: 'dirty clear', actual };
}

const STALE: ReadonlySet<string> = new Set(['qcow2/refcount-too-low', 'qcow2/refcount-self']);

/** Holds back counts that are too low: with the dirty bit they are so by design, are rebuilt, and are told as one. */
export class DirtyFindings implements Findings<Qcow2Findings> {
  /** Counts that are too low. */
  stale = 0;
  readonly #findings: Findings<Qcow2Findings>;

  constructor(findings: Findings<Qcow2Findings>) {
    this.#findings = findings;
  }

  tell<Id extends keyof Qcow2Findings>(id: Id, finding: Finding<Qcow2Findings[Id]>): void {
    if (STALE.has(id)) this.stale += staleCounts(finding.data);
    else this.#findings.tell(id, finding);
  }
}

/** How many counts a finding stands for: a block that is missing is one finding. */
function staleCounts(data: unknown): number {
  const { absent } = data as Qcow2Findings['qcow2/refcount-too-low'];
  return absent?.clusters ?? 1;
}
