import type { ImageFile } from '../model/image.ts';
import { VdcheckError } from '../errors.ts';
import type {
  PendingReport,
  Place,
  Problem,
  ProblemPlace,
  ProblemSink,
  Report,
  Severity,
} from '../model/problem.ts';
import type { RuleInfo } from '../model/rule.ts';
import type { AdjustedRule } from '../model/demands.ts';
import type { Adjust, Adjustment } from '../gate/levels.ts';
import type { ProblemCounts } from '../model/report.ts';

/** Severities, the worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'leak', 'warning', 'info'];

/** What one rule found in one file. */
interface Tally {
  readonly rule: RuleInfo;
  readonly counts: Record<Severity, number>;
  readonly kept: (Report | PendingReport)[];
  /** What its findings count as instead, and how many of them. */
  readonly adjusted: { readonly adjustment: Adjustment; count: number }[];
}

/** Collects reports: counts all of them, keeps the first few of each rule in each file. */
export class ProblemCollector implements ProblemSink {
  readonly #limit: number;
  readonly #adjust: Adjust | null;
  readonly #byFile = new Map<ImageFile | null, Map<string, Tally>>();

  /**
   * @param limit how many problems of one rule are listed
   * @param adjust what findings count as instead of what their rules say; `null`: nothing else
   */
  constructor(limit: number, adjust: Adjust | null = null) {
    this.#limit = limit;
    this.#adjust = adjust;
  }

  add(report: Report | PendingReport): void {
    const tally = this.#tallyOf(report);
    const adjustment = this.#adjust?.(report.rule.id, report.severity) ?? null;
    if (adjustment !== null) note(tally, adjustment);
    const severity = adjustment?.level ?? report.severity;
    // One that is off stays a cause: what it explains is left out with it.
    if (severity === 'off') return;
    tally.counts[severity]++;
    if (tally.kept.length < this.#limit)
      tally.kept.push(adjustment === null ? report : withSeverity(report, severity));
  }

  /** The rules whose findings count as something else, with how many, without what another finding explains. */
  adjustments(): readonly AdjustedRule[] {
    const found = new Map<string, AdjustedRule>();
    for (const { rule, adjusted } of this.#primary())
      for (const { adjustment, count } of adjusted) {
        const key = `${rule.id} ${adjustment.level}`;
        found.set(key, { rule: rule.id, ...adjustment, count: count + (found.get(key)?.count ?? 0) });
      }
    return [...found.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
  }

  /**
   * Finds out the places that are still unknown, of those findings that may be listed; call it while the files are
   * open.
   */
  async settle(): Promise<void> {
    for (const { kept } of this.#primary())
      for (const [index, report] of kept.entries())
        if ('settle' in report) kept[index] = await settle(report);
  }

  /** Exact counts, without what another finding in the same file explains. */
  counts(): ProblemCounts {
    const total: Record<Severity, number> = { error: 0, warning: 0, leak: 0, info: 0 };
    const byRule: Record<string, number> = {};
    for (const { rule, counts } of this.#primary()) {
      for (const severity of SEVERITIES) {
        if (counts[severity] === 0) continue;
        total[severity] += counts[severity];
        byRule[rule.id] = (byRule[rule.id] ?? 0) + counts[severity];
      }
    }
    const sorted = Object.entries(byRule).sort(([a], [b]) => (a < b ? -1 : 1));
    const { error, warning, leak, info } = total;
    return { error, warning, leak, info, byRule: Object.fromEntries(sorted) };
  }

  /** The problems to list, once they are settled: the worst first, then as they are in the files. */
  problems(): readonly Problem[] {
    const listed = new Map<string, number>();
    return this.#primary()
      .flatMap(({ kept }) => kept as Report[])
      .sort(byPlace)
      .filter(({ rule }) => {
        const count = (listed.get(rule.id) ?? 0) + 1;
        listed.set(rule.id, count);
        return count <= this.#limit;
      })
      .map(toProblem)
      .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  }

  #tallyOf(report: Report | PendingReport): Tally {
    const { rule } = report;
    const file = 'settle' in report ? report.file : (report.at?.file ?? null);
    let tallies = this.#byFile.get(file);
    if (tallies === undefined) this.#byFile.set(file, (tallies = new Map<string, Tally>()));
    let tally = tallies.get(rule.id);
    if (tally === undefined) {
      const counts = { error: 0, warning: 0, leak: 0, info: 0 };
      tallies.set(rule.id, (tally = { rule, counts, kept: [], adjusted: [] }));
    }
    return tally;
  }

  #primary(): Tally[] {
    return [...this.#byFile.values()].flatMap((tallies) =>
      [...tallies.values()].filter(({ rule }) => !rule.derivedFrom.some((cause) => tallies.has(cause))),
    );
  }
}

function note({ adjusted }: Tally, adjustment: Adjustment): void {
  const known = adjusted.find((each) => each.adjustment.level === adjustment.level);
  if (known === undefined) adjusted.push({ adjustment, count: 1 });
  else known.count++;
}

/** The same report with another severity. */
function withSeverity(report: Report | PendingReport, severity: Severity): Report | PendingReport {
  if (!('settle' in report)) return { ...report, severity };
  const settle = async (): Promise<Report> => ({ ...(await report.settle()), severity });
  return { ...report, severity, settle };
}

/** A place that cannot be read any more leaves the finding without one. */
async function settle(pending: PendingReport): Promise<Report> {
  try {
    return await pending.settle();
  } catch (error) {
    if (!(error instanceof VdcheckError)) throw error;
    const { rule, severity, file } = pending;
    const nothing = { guestOffset: null, expected: null, actual: null, also: [], data: null };
    const at = { file, offset: null, length: null, field: null };
    return { rule, severity, at, ...nothing, message: () => rule.title };
  }
}

function byPlace(a: Report, b: Report): number {
  if (a.at?.file !== b.at?.file) return 0;
  return (a.at?.offset ?? -1) - (b.at?.offset ?? -1);
}

function toProblem(report: Report): Problem {
  const { rule, severity, at, guestOffset, expected, actual, also } = report;
  return {
    rule: rule.id,
    severity,
    message: report.message(),
    ...toPlace(at),
    guestOffset,
    expected,
    actual,
    repairable: rule.repair === 'safe' || rule.repair === 'lossy',
    ...(also.length === 0 ? {} : { also: also.map(toPlace) }),
  };
}

function toPlace(at: Place | null): ProblemPlace {
  return {
    file: at?.file.path ?? null,
    offset: at?.offset ?? null,
    length: at?.length ?? null,
    field: at?.field ?? null,
  };
}
