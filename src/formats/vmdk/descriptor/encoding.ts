/**
 * Encodings that VMware's products name in a descriptor, with the label that the platform's decoder knows. Any other
 * Windows code page (`windows-125x`) works by its own name.
 */
const LABELS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  gbk: 'gbk',
  cp936: 'gbk',
  ms936: 'gbk',
  'windows-936': 'gbk',
  big5: 'big5',
  cp950: 'big5',
  'windows-950': 'big5',
  shift_jis: 'shift_jis',
  'shift-jis': 'shift_jis',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'windows-932': 'shift_jis',
  'euc-kr': 'euc-kr',
  cp949: 'euc-kr',
  'windows-949': 'euc-kr',
  'iso-8859-1': 'windows-1252',
  'us-ascii': 'windows-1252',
};

/** The encoding of a descriptor that names none. */
export const DEFAULT_ENCODING = 'UTF-8';

/** Turns a descriptor's bytes into text. */
export interface TextDecoding {
  /** Whether the encoding is one that readers of VMDK know. */
  readonly isKnown: boolean;
  /** Never fails; bytes that are not valid become U+FFFD. */
  decode(bytes: Uint8Array): string;
  isValid(bytes: Uint8Array): boolean;
}

/** Decodings by the platform's label, each made once. */
const decodings = new Map<string, TextDecoding>();

/** The decoding that `name` means; UTF-8 where the name is not known. */
export function textDecoding(name: string): TextDecoding {
  const label = findLabel(name);
  const known = decodings.get(label ?? '');
  if (known !== undefined) return known;
  const decoding = makeDecoding(label ?? 'utf-8', label !== null);
  decodings.set(label ?? '', decoding);
  return decoding;
}

function makeDecoding(label: string, isKnown: boolean): TextDecoding {
  const lenient = new TextDecoder(label, { ignoreBOM: true });
  const strict = new TextDecoder(label, { ignoreBOM: true, fatal: true });
  return {
    isKnown,
    decode: (bytes) => lenient.decode(bytes),
    isValid: (bytes) => {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function findLabel(name: string): string | null {
  const lower = name.toLowerCase();
  return LABELS[lower] ?? (/^windows-125[0-8]$/.test(lower) ? lower : null);
}

/** Bytes as a text with one character for each byte, so that positions in both are the same. */
export function bytesAsCharacters(bytes: Uint8Array): string {
  return BYTE_CHARACTERS.decode(bytes);
}

/** Maps every byte to one code unit, ASCII to itself. */
const BYTE_CHARACTERS = new TextDecoder('windows-1252');
