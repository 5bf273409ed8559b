import { describe, expect, it } from 'vitest';
import { parseCommandLine, type Request } from '../../src/cli/parse.ts';

function parseRun(...args: string[]): Extract<Request, { kind: 'run' }> {
  const request = parseCommandLine(args);
  if (request.kind !== 'run') throw new Error(`not a run: ${request.kind}`);
  return request;
}

describe('commands', () => {
  it('check where none is named', () => {
    const { command, invocation } = parseRun('disk.vmdk', 'other.vhd');
    expect(command.name).toBe('check');
    expect(invocation.operands).toEqual(['disk.vmdk', 'other.vhd']);
  });

  it.each(['check', 'info', 'dump', 'map'])('%s by its name', (name) => {
    const { command, invocation } = parseRun(name, 'disk.vmdk');
    expect(command.name).toBe(name);
    expect(invocation.operands).toEqual(['disk.vmdk']);
  });

  it('an image with the name of a command behind --', () => {
    expect(parseRun('check', '--', '-weird', 'map').invocation.operands).toEqual(['-weird', 'map']);
  });
});

describe('options', () => {
  it.each([
    [['-f', 'vpc', 'x.vhd']],
    [['-fvpc', 'x.vhd']],
    [['--format', 'vpc', 'x.vhd']],
    [['--format=vpc', 'x.vhd']],
    [['x.vhd', '-f', 'vpc']],
    [['check', 'x.vhd', '-f', 'raw', '-f', 'vpc']],
  ])('%j', (args) => {
    const { invocation } = parseRun(...args);
    expect(invocation.text('format')).toBe('vpc');
    expect(invocation.operands).toEqual(['x.vhd']);
  });

  it('switches, alone and together with a short option', () => {
    const { invocation } = parseRun('--strict', '-pj4', 'x.vhd');
    expect(invocation.isSet('strict')).toBe(true);
    expect(invocation.isSet('progress')).toBe(true);
    expect(invocation.isSet('no-chain')).toBe(false);
    expect(invocation.count('jobs')).toBe(4);
  });
});

describe('what does not exist is named, with the nearest that does', () => {
  it.each([
    [['--stict', 'x.vhd'], "check has no option '--stict'; did you mean '--strict'?"],
    [['map', '--strict', 'x.vhd'], /^map has no option '--strict'; did you mean '--/],
    [['-q', 'x.vhd'], /^check has no option '-q'; did you mean '-/],
    [['check', '--policy', 'untrusted', 'x.vhd'], /^check has no option '--policy'/],
    [['info', '-O', 'raw', 'x.vhd'], /^info has no option '-O'/],
    [['--output', 'jsno', 'x.vhd'], /^option '--output' has no value 'jsno'; did you mean 'json'\?/],
    [['--output', 'sarif', 'x.vhd'], /^option '--output' has no value 'sarif'/],
    [['info', '--output', 'ndjson', 'x.vhd'], /^option '--output' has no value 'ndjson'/],
    [['-f', 'vmkd', 'x.vhd'], /^option '-f' has no value 'vmkd'; did you mean 'vmdk'\?/],
    [['--depth', 'meta', 'x.vhd'], /^option '--depth' has no value 'meta'; did you mean 'data'\?/],
    [['infoo', 'x.vhd'], "there is no command 'infoo' and no such file; did you mean 'info'?"],
    [['convert', 'x.vhd', 'y.raw'], /^there is no command 'convert'/],
  ])('%j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});

describe('what is incomplete is told', () => {
  it.each([
    [['check'], 'check needs IMAGE: vdcheck [check] [options] IMAGE...'],
    [['--strict'], 'check needs IMAGE'],
    [['info', 'a.vhd', 'b.vhd'], "info has no use for 'b.vhd'"],
    [['x.vhd', '--output'], "option '--output' needs a value: human, json, ndjson"],
    [['--output', '--strict', 'x.vhd'], "option '--output' needs a value"],
    [['--strict=yes', 'x.vhd'], "option '--strict' takes no value"],
    [
      ['--max-problems', '-1', 'x.vhd'],
      "option '--max-problems' takes a whole number of at least 0, not '-1'",
    ],
    [['--max-problems', '1e3', 'x.vhd'], 'whole number'],
    [['-j', '0', 'x.vhd'], "option '-j' takes a whole number of at least 1, not '0'"],
  ])('%j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});

describe('help and version', () => {
  it.each([
    [['--help'], null],
    [['-h'], null],
    [['map', '--help'], 'map'],
    [['info', '-h', '--nonsense'], 'info'],
  ])('%j', (args, name) => {
    const request = parseCommandLine(args);
    expect(request.kind === 'help' ? (request.command?.name ?? null) : request.kind).toBe(name);
  });

  it('tells nothing at all from something', () => {
    expect(parseCommandLine([]).kind).toBe('nothing');
    expect(parseCommandLine(['--version']).kind).toBe('version');
  });
});
