/** A run of bytes of a descriptor's text. */
export interface Span {
  /** Bytes from the start of the text. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** How a line ends; the last one may have no end. */
export type LineEnd = 'lf' | 'crlf' | 'cr' | 'none';

/** One line of a descriptor, one character for each byte (so that columns are byte positions). */
export interface TextLine {
  /** Counted from 1. */
  readonly number: number;
  /** Bytes from the start of the text. */
  readonly offset: number;
  /** Without the line end. */
  readonly text: string;
  readonly end: LineEnd;
}

/** Part of a line that means something by itself. */
export interface Token {
  /** As the bytes read in the descriptor's encoding, without quotes. */
  readonly text: string;
  /** The bytes, without quotes. */
  readonly span: Span;
}

const LINE = /([^\r\n]*)(\r\n|\n|\r|$)/gy;
const LINE_ENDS: Readonly<Record<string, LineEnd>> = { '\n': 'lf', '\r\n': 'crlf', '\r': 'cr', '': 'none' };

/**
 * Splits a text into at most `limit` lines. A carriage return alone ends a line too: VirtualBox refuses it, but what
 * follows it is no part of the value before it.
 */
export function splitLines(text: string, limit: number): TextLine[] {
  const lines: TextLine[] = [];
  LINE.lastIndex = 0;
  while (LINE.lastIndex < text.length && lines.length < limit) {
    const offset = LINE.lastIndex;
    const [, content = '', end = ''] = LINE.exec(text) ?? [];
    lines.push({ number: lines.length + 1, offset, text: content, end: LINE_ENDS[end] ?? 'none' });
  }
  return lines;
}
