/** Code pages by the names that VMware's products give them and the platform's decoder does not know. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['cp936', 'gbk'],
  ['ms936', 'gbk'],
  ['windows-936', 'gbk'],
  ['cp950', 'big5'],
  ['windows-950', 'big5'],
  ['cp932', 'shift_jis'],
  ['ms932', 'shift_jis'],
  ['windows-932', 'shift_jis'],
  ['cp949', 'euc-kr'],
  ['windows-949', 'euc-kr'],
]);

/** Descriptors are read byte by byte where they are ASCII, which is wrong for these. */
const WIDE: ReadonlySet<string> = new Set(['utf-16le', 'utf-16be', 'replacement']);

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

/** The platform's name of an encoding; `null` where it has none of that name. */
function findLabel(name: string): string | null {
  const lower = name.toLowerCase();
  try {
    const { encoding } = new TextDecoder(LABELS.get(lower) ?? lower);
    return WIDE.has(encoding) ? null : encoding;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Bytes as a text with one character for each byte, so that positions in both are the same. */
export function bytesAsCharacters(bytes: Uint8Array): string {
  return BYTE_CHARACTERS.decode(bytes);
}

/** Maps every byte to one code unit, ASCII to itself. */
const BYTE_CHARACTERS = new TextDecoder('windows-1252');
