import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compare, type Command, type Comparison } from './measure.ts';

/**
 * Benchmarks the built program against its peers, in the same run: `npm run bench [-- NAME...]`. Images are made once by the generators beside
 * the project, in `$VDCHECK_BENCH_DIR` (default `/tmp/vdcheck-bench`).
 */

const CLI = resolve('dist/cli.js');
const GENERATORS = resolve('../shared/bench');
const IMAGES = process.env['VDCHECK_BENCH_DIR'] ?? '/tmp/vdcheck-bench';

/** One line of the table. */
interface Scenario {
  readonly name: string;
  readonly what: string;
  /** Greatest ratio of wall times that is accepted. */
  readonly must: number;
  readonly pairs: number;
  /** Seconds after which the peer is stopped, and counted as having taken that long. */
  readonly limit?: number;
  readonly commands: () => { readonly ours: Command; readonly peer: Command };
}

function image(name: string, generator: string, ...args: string[]): string {
  const path = join(IMAGES, name);
  if (existsSync(path)) return path;
  mkdirSync(IMAGES, { recursive: true });
  const { status } = spawnSync('python3', [join(GENERATORS, generator), path, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${generator} failed`);
  return path;
}

const qcow2 = {
  q1t: () => image('q1t.qcow2', 'gen_qcow2.py', '--size', '1T', '--alloc', '200000'),
  q1ts: () => image('q1ts.qcow2', 'gen_qcow2.py', '--size', '1T', '--alloc', '200000', '--order', 'shuffle'),
  q1full: () =>
    image('q1full.qcow2', 'gen_qcow2.py', '--size', '1T', '--alloc', 'full', '--order', 'shuffle'),
  q10full: () => image('q10full.qcow2', 'gen_qcow2.py', '--size', '10T', '--alloc', 'full'),
  q1bad: () => image('q1bad.qcow2', 'gen_qcow2.py', '--leaks', '100', '--dups', '50'),
};
const m2t = () => image('m2t.vmdk', 'gen_vmdk.py', '--size', '2000G', '--alloc', '1000000');
const v2t = () => image('v2t.vhd', 'gen_vhd.py', '--size', '2040G', '--alloc', '100000');

function tiny(): string {
  const folder = join(IMAGES, 'tiny');
  if (existsSync(folder)) return folder;
  mkdirSync(IMAGES, { recursive: true });
  spawnSync('sh', [join(GENERATORS, 'gen_tiny.sh'), folder, '250'], { stdio: 'inherit' });
  return folder;
}

/** An empty script, the floor of what Node can do. */
function emptyScript(): string {
  const path = join(IMAGES, 'empty.cjs');
  mkdirSync(IMAGES, { recursive: true });
  writeFileSync(path, '');
  return path;
}

const check = (path: string): Command => [process.execPath, CLI, 'check', path];
const qemuCheck = (path: string): Command => ['qemu-img', 'check', path];
const shell = (script: string): Command => ['sh', '-c', script];

const checks = (path: () => string) => () => ({ ours: check(path()), peer: qemuCheck(path()) });

const scenarios: readonly Scenario[] = [
  { name: 'G1', what: 'check 1 TiB qcow2, 200k clusters', must: 0.8, pairs: 7, commands: checks(qcow2.q1t) },
  { name: 'G2', what: 'check the same, shuffled', must: 0.1, pairs: 5, commands: checks(qcow2.q1ts) },
  {
    name: 'G3',
    what: 'check 1 TiB qcow2, full, shuffled',
    must: 0.02,
    pairs: 1,
    limit: 60,
    commands: checks(qcow2.q1full),
  },
  { name: 'G4', what: 'check 10 TiB qcow2, full', must: 0.2, pairs: 3, commands: checks(qcow2.q10full) },
  { name: 'G5', what: 'check 2000 GiB VMDK, both table copies', must: 0.3, pairs: 7, commands: checks(m2t) },
  {
    name: 'G6',
    what: 'check 2040 GiB VHD against an empty Node script',
    must: 4,
    pairs: 7,
    commands: () => ({ ours: check(v2t()), peer: [process.execPath, emptyScript()] }),
  },
  {
    name: 'G7',
    what: 'check damaged 1 TiB qcow2 against the sound one',
    must: 2,
    pairs: 5,
    commands: () => ({ ours: check(qcow2.q1bad()), peer: check(qcow2.q1t()) }),
  },
  {
    name: 'G8',
    what: 'map 1 TiB qcow2 as JSON',
    must: 0.25,
    pairs: 5,
    commands: () => ({
      ours: [process.execPath, CLI, 'map', '--output', 'json', qcow2.q1t()],
      peer: ['qemu-img', 'map', '--output', 'json', qcow2.q1t()],
    }),
  },
  {
    name: 'G10',
    what: 'check one tiny image against an empty Node script',
    must: 1.35,
    pairs: 25,
    commands: () => ({ ours: check(`${tiny()}/q0.qcow2`), peer: [process.execPath, emptyScript()] }),
  },
  {
    name: 'G10b',
    what: 'info of one tiny image against an empty Node script',
    must: 1.35,
    pairs: 25,
    commands: () => ({
      ours: [process.execPath, CLI, 'info', `${tiny()}/q0.qcow2`],
      peer: [process.execPath, emptyScript()],
    }),
  },
  {
    name: 'G11',
    what: 'info of one tiny image against qemu-img info',
    must: 18,
    pairs: 25,
    commands: () => ({
      ours: [process.execPath, CLI, 'info', `${tiny()}/q0.qcow2`],
      peer: ['qemu-img', 'info', `${tiny()}/q0.qcow2`],
    }),
  },
  {
    name: 'G12',
    what: 'check 750 images against a loop of qemu-img check',
    must: 0.1,
    pairs: 3,
    commands: () => ({
      ours: shell(`${process.execPath} ${CLI} check ${tiny()}/*.qcow2 ${tiny()}/*.vmdk`),
      peer: shell(`for f in ${tiny()}/*.qcow2 ${tiny()}/*.vmdk; do qemu-img check "$f"; done`),
    }),
  },
  {
    name: 'G12b',
    what: 'headers of 1000 images against a loop of qemu-img info',
    must: 0.06,
    pairs: 3,
    commands: () => ({
      ours: shell(`${process.execPath} ${CLI} check --depth header ${tiny()}/*`),
      peer: shell(`for f in ${tiny()}/*; do qemu-img info "$f"; done`),
    }),
  },
];

function describe(scenario: Scenario, result: Comparison): string {
  const cells = [
    scenario.name.padEnd(5),
    scenario.what.padEnd(52),
    `${result.ratio.toFixed(3)} [${result.least.toFixed(3)}..${result.greatest.toFixed(3)}]`.padEnd(24),
    `must ${scenario.must}`.padEnd(10),
    result.ratio <= scenario.must ? 'met   ' : 'MISSED',
    `${result.ourSeconds.toFixed(3)} s / ${result.peerSeconds.toFixed(3)} s`.padEnd(20),
    `${result.ourPeak.toFixed(0)} / ${result.peerPeak.toFixed(0)} MiB`,
  ];
  return cells.join(' ');
}

const wanted = process.argv.slice(2);
for (const scenario of scenarios) {
  if (wanted.length > 0 && !wanted.includes(scenario.name)) continue;
  const { ours, peer } = scenario.commands();
  console.log(describe(scenario, compare(ours, peer, scenario.pairs, scenario.limit)));
}

if (wanted.length === 0 || wanted.includes('codec')) {
  const script = join('bench', 'codec', 'run.ts');
  spawnSync(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' });
}

if (wanted.includes('bitflip')) {
  const options = wanted.slice(wanted.indexOf('bitflip') + 1);
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join('bench', 'bitflip.ts'), ...options],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
}
