import { describe, expect, test } from 'vitest';
import { VdcheckError } from '../../src/errors.ts';
import { findFormat, recognise } from '../../src/formats/index.ts';
import type { Source } from '../../src/io/source.ts';
import { silentFindings } from '../../src/model/findings.ts';
import type { Image, Mapping } from '../../src/model/image.ts';
import type { Owners, RegionKind } from '../../src/model/owners.ts';
import type { ImageReport } from '../../src/model/report.ts';
import { checkMemory, mapAll, openMemory, type MemoryFiles, type Wrap } from '../support/open.ts';
import type { RuleCase } from '../support/rule-case.ts';
import type { SeedImage } from '../support/seeds.ts';
import { asynchronous, failing } from '../support/sources.ts';

/** What a format's folder of tests brings: sound images, and a case for each rule. */
export interface FormatTests {
  /** The format's id. */
  readonly id: string;
  readonly seeds: readonly SeedImage[];
  readonly ruleCases: readonly RuleCase[];
  /** Rules that files alone cannot show, which have tests of their own. */
  readonly elsewhere?: readonly string[];
}

/** What every format must do with its own images: the same tests for all of them. */
export function describeFormat({ id, seeds, ruleCases, elsewhere = [] }: FormatTests): void {
  describe(`${id}: what every format does`, () => {
    test('there are sound images of it', () => expect(seeds.length).toBeGreaterThan(0));
    describe.each(seeds)('$name', (seed) => describeSeed(id, seed));
  });
  describeRules(id, ruleCases, elsewhere);
}

function describeSeed(id: string, { name, files }: SeedImage): void {
  const bytes = files[name] ?? new Uint8Array(0);

  test('is recognised, and as nothing else', () => {
    const head = bytes.subarray(0, 4096);
    const marks = recognise({ head, tail: bytes.subarray(-2048), size: bytes.length });
    expect(marks.map(({ entry }) => entry.id)).toEqual(id === 'raw' ? [] : [id]);
  });

  test('is sound', async () => {
    const report = await check(id, files);
    expect(aboveInfo(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'ok', format: id, error: null });
  });

  test('is mapped without gaps, and a part of it as the whole', async () => {
    const image = await open(id, files);
    const whole = await mapAll(image);
    expect(endOf(whole, 0)).toBe(image.size);
    for (const [start, end] of ranges(image.size)) {
      const part = await mapAll(image, start, end - start);
      expect(endOf(part, start)).toBe(end);
      expect(describeBytes(part, start, end)).toEqual(describeBytes(whole, start, end));
    }
    await image.close();
  });

  test('cut off anywhere is never taken for sound where bytes are missing', async () => {
    const needed = await neededBytes(id, files);
    for (const length of cuts(bytes.length)) {
      const report = await check(id, { ...files, [name]: bytes.slice(0, length) });
      expect(report.error?.code, `cut at ${length}`).not.toBe('internal');
      if (length < needed) expect({ length, verdict: report.verdict }).not.toEqual({ length, verdict: 'ok' });
      await mapWhatCanBe(id, { ...files, [name]: bytes.slice(0, length) });
    }
  });

  test('far away gives the same report and map as at hand', async () => {
    expect(await check(id, files, asynchronous)).toEqual(await check(id, files));
    const far = await open(id, files, asynchronous);
    const near = await open(id, files);
    expect(withoutFiles(await mapAll(far))).toEqual(withoutFiles(await mapAll(near)));
    expect(far.info()).toEqual(near.info());
    await Promise.all([far.close(), near.close()]);
  });

  test.each([false, true])(
    'over a source of which one read fails is never sound (async: %s)',
    async (isAsync) => {
      const reads = await countReads(id, files);
      for (const { path, at } of spread(reads)) {
        const report = await check(id, files, (source) =>
          source.name === path ? failing(source, { at, async: isAsync }) : source,
        );
        expect({ path, at, verdict: report.verdict }).not.toEqual({ path, at, verdict: 'ok' });
        expect(report.error?.code).not.toBe('internal');
      }
    },
  );
}

function describeRules(id: string, cases: readonly RuleCase[], elsewhere: readonly string[]): void {
  describe(`${id}: each rule has an image that breaks it and one that nearly does`, () => {
    test.each(cases.map((one, index) => [`${one.rule} (${index})`, one] as const))('%s', async (_, one) => {
      const options = one.format === undefined ? {} : { format: one.format };
      const { policyOver = (usual) => usual } = one;
      const report = await checkMemory(one.damaged(), { ...options, policyOver });
      const found = report.problems.filter(({ rule }) => rule === one.rule);
      expect(found.length, JSON.stringify(report.counts.byRule)).toBeGreaterThan(0);
      const severity = one.severity ?? (await rulesOf(id)).get(one.rule);
      if (severity !== undefined) expect(found.map((problem) => problem.severity)).toContain(severity);
      if (one.field !== undefined) expect(found.map(({ field }) => field)).toContain(one.field);
      if (one.offset !== undefined) expect(found.map(({ offset }) => offset)).toContain(one.offset);
      if (one.count !== undefined) expect(report.counts.byRule[one.rule]).toBe(one.count);
      if (one.also !== undefined)
        expect(aboveInfo(report).filter((rule) => rule !== one.rule)).toEqual([...one.also].sort());
      for (const { message } of found) expect(message).not.toMatch(/undefined|NaN|\[object/);
      expect(await checkMemory(one.damaged(), { ...options, policyOver, wrap: asynchronous })).toEqual(
        report,
      );

      const near = await checkMemory(one.near(), options);
      expect(Object.keys(near.counts.byRule)).not.toContain(one.rule);
      if (one.isNearClean === true) expect(near.counts.error, JSON.stringify(near.problems)).toBe(0);
    });

    test('and no rule is left out', async () => {
      const tried = new Set([...cases.map(({ rule }) => rule), ...elsewhere]);
      const rules = (await findFormat(id)?.load())?.rules ?? [];
      // Those of depth data have cases of their own.
      const untried = rules.filter(({ id: rule, depth }) => depth !== 'data' && !tried.has(rule));
      expect(untried.map(({ id: rule }) => rule)).toEqual([]);
    });
  });
}

async function rulesOf(id: string): Promise<ReadonlyMap<string, string>> {
  const code = await findFormat(id)?.load();
  return new Map(code?.rules.map((rule) => [rule.id, rule.severity]));
}

function check(id: string, files: MemoryFiles, wrap: Wrap = (source) => source): Promise<ImageReport> {
  return checkMemory(files, id === 'raw' ? { format: id, wrap } : { wrap });
}

function open(id: string, files: MemoryFiles, wrap: Wrap = (source) => source): Promise<Image> {
  return openMemory(files, id === 'raw' ? { format: id, wrap } : { wrap });
}

/** The rules that found something above info. */
export function aboveInfo({ problems }: ImageReport): readonly string[] {
  return [...new Set(problems.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule))].sort();
}

/** Where the last of these mappings ends, each beginning where the one before it ends. */
function endOf(mappings: readonly Mapping[], start: number): number {
  let end = start;
  for (const mapping of mappings) {
    expect(mapping.start).toBe(end);
    expect(mapping.length).toBeGreaterThan(0);
    end += mapping.length;
  }
  return end;
}

/** Ranges of a disk of `size` bytes, with odd bounds and whole sectors. */
function ranges(size: number): readonly (readonly [number, number])[] {
  const bounds = [0, 1, 511, 512, 4095, 4096, 70_001].concat(
    Array.from({ length: 8 }, (_, index) => Math.floor(((index + 1) * size) / 9)),
    [size - 512, size - 1, size],
  );
  const inside = [...new Set(bounds.filter((bound) => bound >= 0 && bound <= size))].sort((a, b) => a - b);
  return inside.flatMap((start) => inside.filter((end) => end > start).map((end) => [start, end] as const));
}

/** What a range of the guest is made of, in words that do not depend on where mappings are cut. */
function describeBytes(mappings: readonly Mapping[], from: number, to: number): readonly string[] {
  const words: string[] = [];
  for (const mapping of mappings) {
    const start = Math.max(mapping.start, from);
    const end = Math.min(mapping.start + mapping.length, to);
    if (start >= end) continue;
    const shift = start - mapping.start;
    const where =
      mapping.kind === 'data'
        ? `${mapping.at.file.path} ${mapping.at.offset + shift}`
        : mapping.kind === 'compressed'
          ? `${mapping.at.offset} of ${mapping.unit.start}+${mapping.unit.length}`
          : '';
    words.push(`${start} to ${end} ${mapping.kind} ${where}`);
  }
  return words;
}

function withoutFiles(mappings: readonly Mapping[]): unknown {
  return describeBytes(mappings, 0, Infinity);
}

/** The lengths that a file is cut to: each sector of its beginning, and some of the rest. */
function cuts(size: number): readonly number[] {
  const sectors = Math.ceil(size / 512);
  const lengths = Array.from({ length: sectors }, (_, sector) => sector * 512);
  const step = Math.max(1, Math.floor(sectors / 24));
  return lengths.filter((_, sector) => sector < 64 || sector >= sectors - 8 || sector % step === 0);
}

/**
 * Bytes of an image's own file without which it cannot be sound: up to the end of the last region, or its first byte where the format lets a file
 * end inside such a region; 0 where it has no structure.
 */
async function neededBytes(id: string, files: MemoryFiles): Promise<number> {
  const image = await open(id, files);
  let end = 0;
  const need = ({ rules }: RegionKind, start: number, length: number): void => {
    end = Math.max(end, start + (rules.straddlesEnd === undefined ? 1 : length));
  };
  const owners: Owners = {
    range: need,
    run: (kind, start, unitLength, count) => need(kind, start + unitLength * (count - 1), unitLength),
    allocated: () => undefined,
  };
  const [file] = image.files;
  if (file !== undefined && image.layout(file) !== null)
    await image.walk?.(file, { owners, findings: silentFindings });
  await image.close();
  return Math.min(end, file?.source?.size ?? 0);
}

/** Whatever is left can be mapped, or a typed error says why not. */
async function mapWhatCanBe(id: string, files: MemoryFiles): Promise<void> {
  try {
    const image = await open(id, files);
    expect(endOf(await mapAll(image), 0)).toBe(image.size);
    await image.close();
  } catch (error) {
    if (!(error instanceof VdcheckError)) throw error;
  }
}

/** Reads that a check makes, file by file. */
async function countReads(id: string, files: MemoryFiles): Promise<ReadonlyMap<string, number>> {
  const sources: (Source & { readonly reads: number })[] = [];
  await check(id, files, (source) => {
    const counted = failing(source, { at: Infinity, async: false });
    sources.push(counted);
    return counted;
  });
  return new Map(sources.map(({ name, reads }) => [name, reads]));
}

/** The first reads of each file, and some of the others. */
function spread(
  reads: ReadonlyMap<string, number>,
): readonly { readonly path: string; readonly at: number }[] {
  return [...reads].flatMap(([path, count]) => {
    const step = Math.max(1, Math.floor(count / 16));
    const all = Array.from({ length: count }, (_, index) => index + 1);
    return all.filter((at) => at <= 24 || at % step === 0).map((at) => ({ path, at }));
  });
}
