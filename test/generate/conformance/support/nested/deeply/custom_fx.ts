/** The suite's own custom process of a nested name: puts an underscore before and one behind; the key is not used. */
export class CustomFx {
  constructor(_key: number) {}

  decode(bytes: Uint8Array): Uint8Array {
    return Uint8Array.of(0x5f, ...bytes, 0x5f);
  }

  encode(bytes: Uint8Array): Uint8Array {
    return bytes.slice(1, -1);
  }
}
