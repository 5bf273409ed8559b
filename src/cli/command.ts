import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What follows an option. */
export type OptionValue =
  | { readonly kind: 'choice'; readonly name: string; readonly choices: readonly string[] }
  /** A number of at least `minimum`; a whole one unless `takesFractions`. */
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly minimum: number;
      readonly takesFractions?: boolean;
    }
  /** Any text that is not empty; the command itself says what is wrong with it. */
  | { readonly kind: 'text'; readonly name: string };

/** One option of the table. */
export interface OptionSpec {
  /** Long name without the dashes; one meaning in all commands. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: OptionValue;
  /** Whether it may be given several times, and every value counts; of other options the last one does. */
  readonly isRepeated?: boolean;
  /** One line, no capital, no full stop. */
  readonly doc: string;
}

/** One argument of a command. */
export interface ArgumentSpec {
  /** As help shows it: `IMAGE`. */
  readonly name: string;
  readonly isOptional?: boolean;
  readonly isRepeated?: boolean;
  readonly doc: string;
  /** What a shell completes it with; nothing where absent. */
  readonly completes?: 'file' | readonly string[];
}

/** A command line that is worth showing. */
export interface Example {
  readonly line: string;
  readonly doc: string;
}

/** One command of the table, which parsing, help, manual page and completions are made from. */
export interface CommandSpec {
  readonly name: string;
  /** One line, no capital, no full stop. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** What it exits with where it fails; default 1. */
  readonly failure?: ExitCode;
  /** Loads the code that carries it out; nothing of other commands is loaded. */
  readonly load: () => Promise<RunCommand>;
}

/** All that the program can be asked for. */
export interface CommandTable {
  /** In the order of help. */
  readonly commands: readonly CommandSpec[];
  /** What every command takes. */
  readonly commonOptions: readonly OptionSpec[];
}

/** Carries a command out and returns the exit code; throws a VdcheckError where it cannot. */
export type RunCommand = (invocation: Invocation, terminal: Terminal) => Promise<ExitCode>;

/** A command line after parsing: every name and value in it exists. */
export class Invocation {
  /** What is not an option, as it was given; as many as the command takes. */
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  /** @param values those of each option that was given, in their order; of a switch none */
  constructor(operands: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.operands = operands;
    this.#values = values;
  }

  /** The operand at `index`, which the command's table entry makes certain to be there. */
  operand(index: number): string {
    const operand = this.operands[index];
    if (operand === undefined) throw new Error(`operand ${index} is not in the command's table entry`);
    return operand;
  }

  isSet(option: string): boolean {
    return this.#values.has(option);
  }

  /** The value of an option; of one that was given several times, the last. */
  text(option: string): string | undefined {
    return this.#values.get(option)?.at(-1);
  }

  /** Every value of an option that may be repeated. */
  texts(option: string): readonly string[] {
    return this.#values.get(option) ?? [];
  }

  number(option: string): number | undefined {
    const value = this.text(option);
    return value === undefined ? undefined : Number(value);
  }
}
