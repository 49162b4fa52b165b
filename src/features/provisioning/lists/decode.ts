/** Enough bytes to tell UTF-16 from everything else. */
const SAMPLE = 1000;
/** Characters that no text file contains, and every picture, archive and workbook does. */
const CONTROL = /[^\P{Cc}\t\n\v\f\r\u0080-\u009f]/u;

/**
 * The text of a file as spreadsheets write it: UTF-8 or UTF-16 of either byte order, with or without a byte order mark,
 * else the Windows code page in which Excel still saves plain CSV. Null for files that are not text.
 */
export function decodeText(bytes: Uint8Array): string | null {
  const encodings = encodingsOf(bytes);
  for (const encoding of encodings) {
    const text = decode(bytes, encoding);
    if (text !== null) return CONTROL.test(text) ? null : text;
  }
  return null;
}

function encodingsOf(bytes: Uint8Array): readonly string[] {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return ['utf-16le'];
  if (first === 0xfe && second === 0xff) return ['utf-16be'];

  // Latin letters in UTF-16 have a zero in every other byte, and no other text has any.
  const zeros = [0, 0];
  for (const [index, byte] of bytes.subarray(0, SAMPLE).entries()) {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const half = Math.min(bytes.length, SAMPLE) / 2;
  if (odd > half / 2 && even < half / 20) return ['utf-16le'];
  if (even > half / 2 && odd < half / 20) return ['utf-16be'];
  return ['utf-8', 'windows-1252'];
}

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (isWrongEncoding(error)) return null;
    throw error;
  }
}

/** Node's error code for bytes that are invalid in the encoding. https://nodejs.org/api/errors.html */
function isWrongEncoding(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}
