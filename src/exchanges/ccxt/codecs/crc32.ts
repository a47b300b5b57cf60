/** The reflected polynomial of CRC-32 as in IEEE 802.3 and zlib. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

const digits = new Uint8Array(24);

/**
 * Computes a CRC-32 over decimal digits as they are given, without a string in between: it runs for every frame.
 */
export class DigitCrc {
  private state = 0xffffffff;

  /** Begins anew. */
  reset(): void {
    this.state = 0xffffffff;
  }

  /** The checksum of all digits so far, unsigned. */
  get value(): number {
    return (this.state ^ 0xffffffff) >>> 0;
  }

  /**
   * Takes the digits of a number written with so many decimals, without its dot and its leading zeros.
   *
   * @param value - Not negative.
   * @param scale - Ten to the power of the decimals.
   */
  add(value: number, scale: number): void {
    let whole = Math.round(value * scale);
    if (whole > Number.MAX_SAFE_INTEGER) {
      this.addText(BigInt(Math.round(value)) * BigInt(scale));
      return;
    }
    let length = 0;
    while (whole >= 1) {
      const rest = Math.floor(whole / 10);
      digits[length++] = 48 + (whole - rest * 10);
      whole = rest;
    }
    let state = this.state;
    while (length > 0) {
      length -= 1;
      state = (state >>> 8) ^ (TABLE[(state ^ (digits[length] as number)) & 0xff] as number);
    }
    this.state = state;
  }

  // A size so large that a double has no fraction left: rare, so a string is affordable.
  private addText(value: bigint): void {
    for (const character of value.toString()) {
      this.state = (this.state >>> 8) ^ (TABLE[(this.state ^ character.charCodeAt(0)) & 0xff] as number);
    }
  }
}
