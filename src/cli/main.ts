import { VdcheckError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { plainStyle } from '../report/style.ts';
import { writeStats } from './access.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { parseCommandLine, type Request } from './parse.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Runs the program on the arguments after its name and returns what to exit with. Throws nothing. */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await carryOut(args, terminal);
  } catch (error) {
    tell(error, terminal);
    return EXIT.failed;
  }
}

async function run(
  { command, invocation }: Extract<Request, { kind: 'run' }>,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await (
      await command.load()
    )(invocation, terminal);
  } catch (error) {
    tell(error, terminal);
    return command.failure ?? EXIT.failed;
  } finally {
    writeStats(invocation, terminal);
  }
}

function tell(error: unknown, { stderr }: Terminal): void {
  try {
    stderr.write(`vdcheck: ${escapeText(describe(error))}\n`);
  } catch {
    // Where standard error takes nothing either, the exit code is all that is left to tell.
  }
}

async function carryOut(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const request = parseCommandLine(args);
  if (request.kind === 'run') return run(request, terminal);
  if (request.kind === 'version') {
    terminal.stdout.write(`vdcheck ${VERSION}\n`);
    return EXIT.ok;
  }
  const { renderCommandHelp, renderProgramHelp } = await import('./help.ts');
  if (request.kind === 'nothing') {
    terminal.stderr.write(renderProgramHelp({ ...terminal, style: plainStyle }));
    return EXIT.failed;
  }
  const { command } = request;
  terminal.stdout.write(
    command === null ? renderProgramHelp(terminal) : renderCommandHelp(command, terminal),
  );
  return EXIT.ok;
}

/** One line for an error; for one that is no fault of the user or the image, what to do with it. */
function describe(error: unknown): string {
  if (error instanceof VdcheckError) return error.message;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [first = ''] = stack.split('\n');
  return process.env['VDCHECK_DEBUG'] === undefined
    ? `internal error in vdcheck: ${first}; VDCHECK_DEBUG=1 shows where, please report it`
    : stack;
}
