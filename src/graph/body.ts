import { promisify } from 'node:util';
import { type BrotliOptions, brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';

/** More than anything that Graph has to say, on the wire and unpacked alike. */
export const largestAnswerBytes = 4 * 1024 * 1024;

const bound = { maxOutputLength: largestAnswerBytes };

const codings: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: (bytes) => promisify<Buffer, ZlibOptions, Buffer>(gunzip)(bytes, bound),
  'x-gzip': (bytes) => promisify<Buffer, ZlibOptions, Buffer>(gunzip)(bytes, bound),
  deflate: (bytes) => promisify<Buffer, ZlibOptions, Buffer>(inflate)(bytes, bound),
  br: (bytes) => promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress)(bytes, bound),
};

/** What may stand in `Accept-Encoding`: each of these is unpacked below. */
export const acceptedEncodings = 'gzip, deflate, br';

/**
 * A body as text. It is empty, and so unreadable, when it is larger than the bound once unpacked, when its packing is
 * damaged or cut off, and when it comes in a coding that was not asked for.
 *
 * @param encoding the `Content-Encoding`
 */
export async function unpackedText(bytes: Buffer, encoding: string | null): Promise<string> {
  // Nothing is packed where there is nothing, whatever the header says.
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
