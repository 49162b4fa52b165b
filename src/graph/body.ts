import { promisify } from 'node:util';
import { type BrotliOptions, brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';

/** More than any answer of Graph's has, compressed or not. */
export const largestAnswerBytes = 4 * 1024 * 1024;

const bound = { maxOutputLength: largestAnswerBytes };

const codings: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: (bytes) => promisify<Buffer, ZlibOptions, Buffer>(gunzip)(bytes, bound),
  'x-gzip': (bytes) => promisify<Buffer, ZlibOptions, Buffer>(gunzip)(bytes, bound),
  deflate: (bytes) => promisify<Buffer, ZlibOptions, Buffer>(inflate)(bytes, bound),
  br: (bytes) => promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress)(bytes, bound),
};

/** The values for `Accept-Encoding`: each of them is decompressed below. */
export const acceptedEncodings = 'gzip, deflate, br';

/**
 * A body as text. It is empty, and so unreadable, when it is larger than the bound once decompressed, when its
 * compressed data is damaged or cut off, and when it has a coding that was not requested.
 *
 * @param encoding the `Content-Encoding`
 */
export async function unpackedText(bytes: Buffer, encoding: string | null): Promise<string> {
  // An empty body is not compressed, whatever the header says.
  if (bytes.length === 0) return '';
  const names = (encoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  let unpacked = bytes;
  // The last coding was applied last.
  for (const name of names.toReversed()) {
    const decode = Object.hasOwn(codings, name) ? codings[name] : undefined;
    if (decode === undefined) return '';
    try {
      unpacked = await decode(unpacked);
    } catch {
      return '';
    }
  }
  return unpacked.toString('utf8');
}
