/**
 * Single bits flipped in sound images: which flips change what a guest reads, and which of those a check finds. `npm run bench -- bitflip`;
 * `tsx bench/bitflip.ts [--flips N] [--seconds N] [--seed N] [--only TEXT]`. `--seconds` bounds each line of the table. The exit code is 1 where a harmful flip is missed that no format explains.
 *
 * A flip is harmful where our reader or QEMU's reads other bytes than before, or fails. A third of the flips goes to structures and tables, each as
 * often, a third to all of their bytes, a third to words that are neither zeros nor ones. Where units are compressed, those have a line of their own.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeImages, type SoundImage } from './bitflip/images.ts';
import { checkFiles, readGuest } from './bitflip/observe.ts';
import { peerOf, type Peer } from './bitflip/peer.ts';
import { Random } from './bitflip/random.ts';
import { targetsOf, usedWords, type Target } from './bitflip/targets.ts';
import { reasonFor } from './bitflip/unknowable.ts';

const MOST_SILENT = 0.01;

const { values } = parseArgs({
  options: {
    flips: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
  },
});

const flips = Number(values.flips);
const seconds = Number(values.seconds);

/** What came of the flips in one image. */
interface Tally {
  flips: number;
  harmful: number;
  found: number;
  /** Harmful, and told as `info` only. */
  info: number;
  /** Harmful flips that `qemu-img check` finds; `null` where it cannot check the format. */
  peer: number | null;
  /** Harmful flips without a finding, by the field that was hit. */
  readonly silent: Map<string, number>;
}

/** Chooses the bytes that are hit. */
function picker(image: SoundImage, targets: readonly Target[], random: Random): () => Target {
  const words = usedWords(image, targets);
  const whole = targets.reduce((sum, { length }) => sum + length, 0);
  const byBytes = (): Target | undefined => {
    let rest = random.below(whole);
    return targets.find(({ length }) => (rest -= length) < 0);
  };
  const ways = [
    byBytes,
    () => targets[random.below(targets.length)],
    () => words[random.below(words.length)],
  ];
  return () => {
    const target = ways[random.below(ways.length)]?.();
    if (target === undefined) throw new Error(`${image.name}: nothing to flip`);
    return target;
  };
}

/** Flips bits in one kind of targets, until time is over. */
async function tallyFlips(image: SoundImage, targets: readonly Target[], random: Random): Promise<Tally> {
  const sound = await readGuest(image.files, image.file);
  if (sound === null) throw new Error(`${image.name}: the sound image cannot be read`);
  const before = await checkFiles(image.files, image.file);
  const usual = [...before.found, ...before.info];
  const peer = peerOf(image);
  const peerReads = await peer.reads();
  const peerChecks = await peer.finds();
  const tally: Tally = {
    flips: 0,
    harmful: 0,
    found: 0,
    info: 0,
    peer: peerChecks === null ? null : 0,
    silent: new Map(),
  };
  const next = picker(image, targets, random);
  const end = performance.now() + seconds * 1000;
  for (; tally.flips < flips && performance.now() < end; tally.flips++) {
    const target = next();
    const at = target.start + random.below(target.length);
    const bit = random.below(8);
    const original = image.files.get(target.file);
    if (original === undefined) throw new Error(`${target.file} is not there`);
    const bytes = original.slice();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    const files = new Map(image.files).set(target.file, bytes);
    peer.put(target.file, bytes);
    await tallyOne(tally, {
      image,
      files,
      sound,
      usual,
      peer,
      peerReads,
      field: `${target.name(at)} (bit ${bit} of 0x${at.toString(16)})`,
    });
    peer.put(target.file, original);
  }
  return tally;
}

interface Flipped {
  readonly image: SoundImage;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly sound: Uint8Array;
  /** Rules that tell something of the sound image. */
  readonly usual: readonly string[];
  readonly peer: Peer;
  /** Whether QEMU can read the sound image. */
  readonly peerReads: boolean;
  readonly field: string;
}

async function tallyOne(
  tally: Tally,
  { image, files, sound, usual, peer, peerReads, field }: Flipped,
): Promise<void> {
  const told = await checkFiles(files, image.file, usual);
  const guest = await readGuest(files, image.file);
  const isOurs = guest === null || Buffer.compare(guest, sound) !== 0;
  const isHarmful = isOurs || (peerReads && !(await peer.reads()));
  if (!isHarmful) return;
  tally.harmful++;
  const peerFinds = await peer.finds();
  tally.peer = peerFinds === null || tally.peer === null ? null : tally.peer + Number(peerFinds);
  if (told.found.length > 0) {
    tally.found++;
    return;
  }
  if (told.info.length > 0) tally.info++;
  if (told.info.length > 0) return;
  const who = `${field}${isOurs ? '' : ', for QEMU only'}`;
  tally.silent.set(who, (tally.silent.get(who) ?? 0) + 1);
}

const row = (name: string, cells: readonly (string | number)[]): string =>
  name.padEnd(34) + cells.map((cell) => String(cell).padStart(9)).join('');

const random = new Random(Number(values.seed));
console.log(`${flips} flips in each image; --seed ${values.seed} repeats them`);
console.log(row('image', ['flips', 'harmful', 'found', 'info', 'silent', 'qemu-img']));
const reasons = new Map<string, number>();
const sums = { metadata: newSum(), payload: newSum() };

function newSum(): {
  flips: number;
  harmful: number;
  found: number;
  info: number;
  silent: number;
  peer: number;
  unexplained: number;
} {
  return { flips: 0, harmful: 0, found: 0, info: 0, silent: 0, peer: 0, unexplained: 0 };
}

const folder = join(tmpdir(), `vdcheck-bitflip-${process.pid}`);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const image of makeImages(folder, values.only)) {
  const targets = await targetsOf(image);
  for (const kind of ['metadata', 'payload'] as const) {
    const some = targets.filter((target) => target.kind === kind);
    if (some.length > 0) report(image, kind, await tallyFlips(image, some, random));
  }
}

function report({ name }: SoundImage, kind: keyof typeof sums, tally: Tally): void {
  const sum = sums[kind];
  const { harmful, found, info, peer } = tally;
  const counts = {
    flips: tally.flips,
    harmful,
    found,
    info,
    silent: harmful - found - info,
    peer: peer ?? 0,
  };
  console.log(
    row(`${name}${kind === 'payload' ? ', payload' : ''}`, [
      ...Object.values(counts).slice(0, -1),
      peer ?? '-',
    ]),
  );
  for (const key of Object.keys(counts) as (keyof typeof counts)[]) sum[key] += counts[key];
  for (const [field, count] of tally.silent) {
    const reason = reasonFor(name, field);
    if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    else {
      sum.unexplained += count;
      console.log(`  not explained: ${count} in ${field}`);
    }
  }
}

for (const kind of ['metadata', 'payload'] as const) {
  const { unexplained, ...counts } = sums[kind];
  const { harmful, silent } = counts;
  const share = silent / Math.max(1, harmful);
  console.log(row(`all ${kind}`, Object.values(counts)));
  console.log(`  ${(100 * share).toFixed(2)} % of the harmful ones are silent; ${unexplained} not explained`);
  if ((kind === 'metadata' && share > MOST_SILENT) || unexplained > 0) process.exitCode = 1;
}
for (const [reason, count] of reasons) console.log(`${count} silent: ${reason}`);
