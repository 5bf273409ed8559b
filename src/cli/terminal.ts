import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { plainStyle, type Style } from '../report/style.ts';
import { DescriptorOutput, type Output } from './output.ts';

/** What a command talks to: results to `stdout`, everything else to `stderr`. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** For results; colours only where standard output is a terminal that wants them. */
  readonly style: Style;
  /** Columns for running text. */
  readonly width: number;
  /** Whether standard error is a terminal, so that progress may be drawn over itself. */
  readonly isInteractive: boolean;
}

/** Running text is not made wider than this: long lines are hard to read. */
const MAX_WIDTH = 100;

const MIN_WIDTH = 40;

/** The terminal, pipe or file that this process was started with. */
export function openTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const isTerminal = isTty(1);
  return {
    stdout: new DescriptorOutput(1),
    stderr: new DescriptorOutput(2),
    style: isTerminal && wantsColour(environment) ? colourStyle : plainStyle,
    width: isTerminal ? clampWidth(process.stdout.columns) : MAX_WIDTH,
    get isInteractive() {
      return isTty(2);
    },
  };
}

function clampWidth(columns: number | undefined): number {
  return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns ?? MAX_WIDTH));
}

function wantsColour({ NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  return (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

/** Asks the cheap questions first: the module that knows terminals is loaded only for what may be one. */
function isTty(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    if (!status.isCharacterDevice() || isMemoryDevice(status.rdev)) return false;
    return process.getBuiltinModule('node:tty').isatty(descriptor);
  } catch {
    return false;
  }
}

/** `/dev/null` and its like: major number 1 on Linux. */
function isMemoryDevice(device: number): boolean {
  return process.platform === 'linux' && device >> 8 === 1;
}

const paint =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });

const colourStyle: Style = {
  heading: paint('bold'),
  error: paint(['bold', 'red']),
  warning: paint(['bold', 'yellow']),
  leak: paint(['bold', 'magenta']),
  good: paint(['bold', 'green']),
  quiet: paint(['dim']),
};
