/**
 * What the program and the processes that check for it write to each other: lines of JSON. A worker writes `READY`
 * once it can check, then one `ImageReport` for each path, in the order in which the paths came.
 */

/**
 * The descriptor that a worker reads paths from; its standard input is that of the program, and its reports go to
 * standard output.
 */
export const ORDERS = 3;

/** Worker's first line. */
export const READY = '"ready"';

/** Takes bytes as they arrive and gives complete lines out. Linear in the bytes, however small the pieces are. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #pieces: string[] = [];

  push(bytes: Uint8Array): readonly string[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    const lines = text.split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = this.#pieces.join('') + (lines[0] ?? '');
      this.#pieces = [];
    }
    if (rest !== '') this.#pieces.push(rest);
    return lines;
  }
}
