import type { ContentFacts } from '../../model/content.ts';
import type { RegionSource } from '../../model/owners.ts';
import type { Finding } from '../../model/problem.ts';
import { nameRegion, type RegionSinks } from '../ownership/blame.ts';
import type { ContentFinding } from './judge.ts';
import type { PackedRegion } from './queue.ts';

/**
 * Tells what is wrong with a stream where it is; the entry that points to it is looked up only where the fault is
 * listed.
 */
export function reportContent(
  { file, findings }: RegionSinks,
  region: PackedRegion,
  finding: ContentFinding,
): void {
  const { kind, content, start, index } = region;
  const rule = content.rules[finding.fault];
  if (rule === undefined) return;
  const describe = (source: RegionSource): Finding<ContentFacts> => {
    const { stream, used, unpacked, reason } = finding;
    const data = {
      ...{ region: nameRegion(kind, source), start: start + stream.from, length: stream.length },
      ...{ used, unpacked, expected: content.least(index), reason },
    };
    const at = { file, offset: data.start, length: stream.length, field: source.at.field };
    return { at, guestOffset: source.guestOffset, also: [source.at], data };
  };
  const locate = (): Finding<ContentFacts> | Promise<Finding<ContentFacts>> => {
    const source = kind.locate(index, start);
    return source instanceof Promise ? source.then(describe) : describe(source);
  };
  const { within } = kind;
  if (within === undefined) findings.tellLater(rule, file, locate);
  else
    findings.tellLater(within.rule, file, async () => {
      const { data, ...found } = await locate();
      return { ...found, data: { within: within.name, rule, data } };
    });
}
