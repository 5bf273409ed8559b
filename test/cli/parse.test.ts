import { describe, expect, it } from 'vitest';
import type { CommandTable, OptionSpec } from '../../src/cli/command.ts';
import { commands, commonOptions } from '../../src/cli/commands.ts';
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
    expect(invocation.number('jobs')).toBe(4);
  });
});

describe('what does not exist is named, with the nearest that does', () => {
  it.each([
    [['--stict', 'x.vhd'], "check has no option '--stict'; did you mean '--strict'?"],
    [
      ['map', '--strict', 'x.vhd'],
      /^map has no option '--strict' \(check, compare have it\); did you mean '--/,
    ],
    [['info', '-j', '2', 'x.vhd'], /^info has no option '-j' \(check, convert have it\)/],
    [['map', '-p', 'x.vhd'], /^map has no option '-p'/],
    [['rules', '--timeout', '3'], /^rules has no option '--timeout'/],
    [['-q', 'x.vhd'], /^check has no option '-q'; did you mean '-/],
    [['info', '--policy', 'untrusted', 'x.vhd'], /^info has no option '--policy' \(check has it\)/],
    [['info', '-O', 'raw', 'x.vhd'], /^info has no option '-O'/],
    [['--output', 'jsno', 'x.vhd'], /^option '--output' has no value 'jsno'; did you mean 'json'\?/],
    [['--output', 'sarfi', 'x.vhd'], /^option '--output' has no value 'sarfi'; did you mean 'sarif'\?/],
    [['info', '--output', 'ndjson', 'x.vhd'], /^option '--output' has no value 'ndjson'/],
    [['-f', 'vmkd', 'x.vhd'], /^option '-f' has no value 'vmkd'; did you mean 'vmdk'\?/],
    [['--depth', 'meta', 'x.vhd'], /^option '--depth' has no value 'meta'; did you mean 'data'\?/],
    [['infoo', 'x.vhd'], "there is no command 'infoo' and no such file; did you mean 'info'?"],
    [['clone', 'x.vhd', 'y.raw'], /^there is no command 'clone'/],
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
    [['--timeout', '-1', 'x.vhd'], "option '--timeout' takes a number of at least 0, not '-1'"],
    [['--timeout', '1.5s', 'x.vhd'], "option '--timeout' takes a number of at least 0, not '1.5s'"],
    [['--max-memory', '1.5', 'x.vhd'], "option '--max-memory' takes a whole number of at least 0, not '1.5'"],
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

describe('a table of other commands', () => {
  const load = (): Promise<never> => Promise.reject(new Error('not run here'));
  const sharedOption: OptionSpec = {
    name: 'header',
    value: { kind: 'text', name: 'K: V' },
    isRepeated: true,
    doc: '',
  };
  const table: CommandTable = {
    commands: [
      {
        name: 'check',
        summary: '',
        description: [],
        arguments: [{ name: 'IMAGE', doc: '' }],
        options: [sharedOption, { name: 'level', value: { kind: 'number', name: 'N', minimum: 1 }, doc: '' }],
        examples: [],
        load,
      },
    ],
    commonOptions: [],
  };

  it('is all that the parser knows', () => {
    const args = ['--header', 'A: 1', '--level', '2', '--header=B: 2', '--level', '3', 'x.vhd'];
    const request = parseCommandLine(args, table);
    if (request.kind !== 'run') throw new Error(request.kind);
    expect(request.invocation.texts('header')).toEqual(['A: 1', 'B: 2']);
    expect(request.invocation.number('level')).toBe(3);
    expect(() => parseCommandLine(['--strict', 'x.vhd'], table)).toThrow("check has no option '--strict'");
    expect(() => parseCommandLine(['x.vhd', '--header'], table)).toThrow(
      "option '--header' needs a value: K: V",
    );
  });
});

describe('every option of the program', () => {
  it('has a letter of its own, where it has one', () => {
    const owners = new Map<string, string>();
    for (const { name, short } of [...commonOptions, ...commands.flatMap(({ options }) => options)]) {
      if (short === undefined) continue;
      expect(short).toMatch(/^[A-Za-z]$/);
      expect(owners.get(short) ?? name).toBe(name);
      owners.set(short, name);
    }
  });

  it('means the same in all commands that have it', () => {
    const byName = new Map<string, OptionSpec>();
    for (const option of commands.flatMap(({ options }) => options)) {
      const { short, isRepeated, value } = byName.get(option.name) ?? option;
      byName.set(option.name, option);
      expect({ short, isRepeated, kind: value?.kind, name: value?.name }).toEqual({
        short: option.short,
        isRepeated: option.isRepeated,
        kind: option.value?.kind,
        name: option.value?.name,
      });
    }
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    'is refused by %s where its table entry does not list it',
    (name, command) => {
      const known = new Set([...command.options, ...commonOptions].map((option) => option.name));
      for (const option of commands.flatMap(({ options }) => options)) {
        if (known.has(option.name)) continue;
        const value = option.value?.kind === 'choice' ? option.value.choices[0] : '1';
        const args = option.value === undefined ? [`--${option.name}`] : [`--${option.name}`, value ?? ''];
        expect(() => parseCommandLine([name, ...args, 'x'])).toThrow(
          `${name} has no option '--${option.name}' (`,
        );
      }
    },
  );
});
