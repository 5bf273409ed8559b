import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What follows an option. */
export type OptionValue =
  | { readonly kind: 'choice'; readonly name: string; readonly choices: readonly string[] }
  /** A whole number of at least `minimum`. */
  | { readonly kind: 'count'; readonly name: string; readonly minimum: number };

/** One option of the table. */
export interface OptionSpec {
  /** Long name without the dashes; one meaning in all commands. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: OptionValue;
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
  /** Loads the code that carries it out; nothing of other commands is loaded. */
  readonly load: () => Promise<RunCommand>;
}

/** Carries a command out and returns the exit code; throws a VdcheckError where it cannot. */
export type RunCommand = (invocation: Invocation, terminal: Terminal) => Promise<ExitCode>;

/** A command line after parsing: every name and value in it exists. */
export class Invocation {
  /** What is not an option, as it was given; as many as the command takes. */
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, string | true>;

  constructor(operands: readonly string[], values: ReadonlyMap<string, string | true>) {
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

  text(option: string): string | undefined {
    const value = this.#values.get(option);
    return value === true ? undefined : value;
  }

  count(option: string): number | undefined {
    const value = this.text(option);
    return value === undefined ? undefined : Number(value);
  }
}
