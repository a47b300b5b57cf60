/** The reflected polynomial of CRC-32 as in IEEE 802.3 and zlib. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** Numbers are taken apart in parts of eight digits. */
const SPLIT_DIGITS = 8;
const SPLIT = 10 ** SPLIT_DIGITS;
const digits = new Uint8Array(SPLIT_DIGITS);

/**
 * Computes a CRC-32 over decimal digits as they are given, without a string in between: it runs for every frame.
 */
export class DigitCrc {
  private state = -1;

  /** Begins anew. */
  reset(): void {
    this.state = -1;
  }

  /** The checksum of all digits so far, unsigned. */
  get value(): number {
    return (this.state ^ -1) >>> 0;
  }

  /**
   * Takes the digits of a number written with so many decimals, without its dot and its leading zeros.
   *
   * @param value - Not negative.
   * @param scale - Ten to the power of the decimals.
   */
  add(value: number, scale: number): void {
    const whole = Math.round(value * scale);
    if (whole < SPLIT) this.addDigits(whole, 0);
    else if (whole <= Number.MAX_SAFE_INTEGER) {
      // Integers of 32 bits divide far faster than doubles: most numbers are one or two of them.
      const high = Math.floor(whole / SPLIT);
      this.addDigits(high, 0);
      this.addDigits(whole - high * SPLIT, SPLIT_DIGITS);
      // Scaled it would be no exact double any more, but its own digits still are: rare, so a string is affordable.
    } else this.addText(scaledText(value, scale));
  }

  /** Takes ASCII text as it is. */
  addText(text: string): void {
    let state = this.state;
    for (let index = 0; index < text.length; index++) {
      state = (state >>> 8) ^ (TABLE[(state ^ text.charCodeAt(index)) & 0xff] as number);
    }
    this.state = state;
  }

  private addDigits(number: number, leastLength: number): void {
    let rest = number | 0;
    let length = 0;
    while (rest > 0) {
      const tenth = (rest / 10) | 0;
      digits[length++] = 48 + (rest - tenth * 10);
      rest = tenth;
    }
    while (length < leastLength) digits[length++] = 48;
    let state = this.state;
    while (length > 0) {
      length -= 1;
      state = (state >>> 8) ^ (TABLE[(state ^ (digits[length] as number)) & 0xff] as number);
    }
    this.state = state;
  }
}

function scaledText(value: number, scale: number): string {
  const [whole = '', fraction = ''] = String(value).split('.');
  return whole + fraction.padEnd(Math.round(Math.log10(scale)), '0');
}
