import { latin1 } from '../../../io/latin1.ts';
import { trimEndOf } from '../../shared/plain-text.ts';

/** Byte order of UTF-16 text. */
export type ByteOrder = 'le' | 'be';

/**
 * UTF-16 without its padding of zeros. Lone surrogates, which Windows names may contain, stay as they are; an odd
 * last byte is left out.
 */
export function decodeUtf16(bytes: Uint8Array, order: ByteOrder): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 2 <= bytes.length; at += 2)
    text += String.fromCharCode(view.getUint16(at, order === 'le'));
  return trimEndOf(text, '\0');
}

/** Text as UTF-16, without a mark in front or a zero after. */
export function encodeUtf16(text: string, order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++)
    view.setUint16(2 * index, text.charCodeAt(index), order === 'le');
  return bytes;
}

/** UTF-8 without its padding of zeros; `null` where it is none. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return trimEndOf(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), '\0');
  } catch {
    return null;
  }
}

/** Text of one byte a character, as the deprecated ANSI locators have it, without its padding of zeros. */
export function decodeAnsi(bytes: Uint8Array): string {
  return trimEndOf(latin1(bytes), '\0');
}

/**
 * Whether most characters would be plain letters if their two bytes changed places: the text has the other byte
 * order.
 */
export function looksSwapped(text: string): boolean {
  if (text === '') return false;
  const swapped = [...text].filter((character) => {
    const unit = character.charCodeAt(0);
    return (unit & 0xff) === 0 && unit >>> 8 >= 0x20 && unit >>> 8 < 0x7f;
  });
  return swapped.length * 2 > text.length;
}

/** Whether a surrogate is without its other half. */
export function hasLoneSurrogate(text: string): boolean {
  return /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** The last part of a path, whichever way its slashes lean. */
export function baseName(path: string): string {
  return trimEndOf(path, '\\/').replace(/^.*[\\/]/, '');
}
