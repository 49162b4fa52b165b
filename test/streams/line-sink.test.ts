import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileSink, outputSink } from '../../src/streams/line-sink.ts';
import type { SealedEntry } from '../../src/streams/sealed-entries.ts';
import { entry } from './support.ts';

const going = new AbortController().signal;
const toLine = ({ id }: SealedEntry) => JSON.stringify({ id });
const entries = (...ids: number[]) => ids.map((id) => entry({ id }));
const failed = (why: string) => ({ kind: 'failed', arrived: 0, why, retryAfterMs: null });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-lines-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const idsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id);

describe('a file', () => {
  it('gets a line for each entry, at its end, and is its owner’s alone', async () => {
    const sink = fileSink(path, toLine);

    expect(await sink.send(entries(1, 2), going)).toEqual({ kind: 'arrived' });
    expect(await sink.send(entries(3), going)).toEqual({ kind: 'arrived' });
    expect(idsIn(path)).toEqual([1, 2, 3]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('loses the line that a killed process left half', async () => {
    writeFileSync(path, '{"id":1}\n{"id":2');

    await fileSink(path, toLine).send(entries(2), going);

    expect(idsIn(path)).toEqual([1, 2]);
  });

  it('loses the half line also where it is the only one', async () => {
    writeFileSync(path, '{"i');

    await fileSink(path, toLine).send(entries(1), going);

    expect(idsIn(path)).toEqual([1]);
  });

  it('of another program is left as it is', async () => {
    writeFileSync(path, 'a diary, without a last line break');

    expect(await fileSink(path, toLine).send(entries(1), going)).toEqual(failed('NOT_A_STREAM'));
    expect(readFileSync(path, 'utf8')).toBe('a diary, without a last line break');
  });

  it('may be renamed at any time', async () => {
    const sink = fileSink(path, toLine);
    await sink.send(entries(1), going);
    renameSync(path, `${path}.1`);

    await sink.send(entries(2), going);

    expect([idsIn(`${path}.1`), idsIn(path)]).toEqual([[1], [2]]);
  });

  it('on a full disk is tried again, and gets everything once there is space', async () => {
    symlinkSync('/dev/full', path);
    const sink = fileSink(path, toLine);

    expect(await sink.send(entries(1, 2), going)).toEqual(failed('ENOSPC'));
    unlinkSync(path);

    expect(await sink.send(entries(1, 2), going)).toEqual({ kind: 'arrived' });
    expect(idsIn(path)).toEqual([1, 2]);
  });

  it('that cannot be opened fails', async () => {
    expect(await fileSink(folder, toLine).send(entries(1), going)).toEqual(failed('EISDIR'));
  });
});

describe('standard output', () => {
  it('gets a line for each entry', async () => {
    const descriptor = openSync(path, 'w');

    expect(await outputSink(descriptor, toLine).send(entries(1, 2), going)).toEqual({ kind: 'arrived' });
    closeSync(descriptor);

    expect(idsIn(path)).toEqual([1, 2]);
  });

  it.each([
    ['on a full disk', () => openSync('/dev/full', 'w'), 'ENOSPC'],
    ['that takes nothing', () => openSync('/dev/null', 'r'), 'EBADF'],
  ])('%s fails', async (_how, open, why) => {
    const descriptor = open();

    expect(await outputSink(descriptor, toLine).send(entries(1), going)).toEqual(failed(why));
    closeSync(descriptor);
  });

  it('gets no more once Usher stops', async () => {
    const descriptor = openSync(path, 'w');

    expect(await outputSink(descriptor, toLine).send(entries(1), AbortSignal.abort())).toMatchObject({ arrived: 0 });
    closeSync(descriptor);

    expect(readFileSync(path, 'utf8')).toBe('');
  });
});
