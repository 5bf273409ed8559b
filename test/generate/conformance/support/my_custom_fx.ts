/** The suite's own custom process: adds or subtracts a key, byte by byte. */
export class MyCustomFx {
  readonly #key: number;

  constructor(key: number, flag: boolean, _someBytes: Uint8Array) {
    this.#key = flag ? key : -key;
  }

  decode(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => byte + this.#key);
  }

  encode(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => byte - this.#key);
  }
}
