import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { AuditStreamConfig, EventsConfig } from './config-shape.ts';
import { isPublicAddress } from './public-address.ts';
import { secret } from './secret.ts';

/** The settings of the streams of the record: `AUDIT_STREAM` and `EVENTS_…`. */
export interface StreamVariables {
  readonly AUDIT_STREAM: string;
  readonly EVENTS_URL: string;
  /** One, or two while the receiver changes over. */
  readonly EVENTS_SECRET: readonly string[];
  readonly EVENTS_ALLOW_PRIVATE: 'true' | 'false';
}

type Report = (variable: string, problem: string, fix: string) => void;

const file = /^file:(.+)$/;

/** @param databaseUrl a file of the database is no place for lines. */
export function reportStreamProblems(
  env: Partial<StreamVariables>,
  databaseUrl: string | undefined,
  report: Report,
): void {
  const { AUDIT_STREAM: stream = '', EVENTS_URL: url = '', EVENTS_SECRET: secrets = [] } = env;
  const [, path] = file.exec(stream) ?? [];
  if (stream !== '' && stream !== 'stdout') {
    if (path === undefined)
      report('AUDIT_STREAM', 'is neither stdout nor a file', 'use stdout, or file:PATH, e.g. file:data/audit.jsonl');
    else if (resolve(path) === resolve(file.exec(databaseUrl ?? '')?.[1] ?? '.'))
      report('AUDIT_STREAM', 'is the file of the database', 'name another file, e.g. file:data/audit.jsonl');
    else if (!isPlaceForFile(path))
      report('AUDIT_STREAM', 'is a file that Usher may not write', 'make its folder, and let Usher write there');
  }
  const wrong = url === '' ? null : addressProblem(url, env.EVENTS_ALLOW_PRIVATE === 'true');
  if (wrong !== null) report('EVENTS_URL', ...wrong);
  else if (secrets.length > 2 || !secrets.every(isSecret))
    report(
      'EVENTS_SECRET',
      'is not whsec_ and 24 to 64 bytes in base64, once or twice',
      'set it to what `echo whsec_$(openssl rand -base64 32)` prints; during a change, to new and old with a comma between',
    );
  else if (url !== '' && secrets.length === 0)
    report('EVENTS_SECRET', 'is missing beside EVENTS_URL', 'set it to the secret that the receiver checks with');
  else if (url === '' && secrets.length > 0)
    report(
      'EVENTS_URL',
      'is missing beside EVENTS_SECRET',
      'set it to the address of the receiver, or remove the secret',
    );
}

/** A name is looked up when the connection is made, and the address that it leads to checked then. */
function addressProblem(url: string, allowPrivate: boolean): readonly [problem: string, fix: string] | null {
  if (!isHttps(url)) return ['is not https', 'give a whole address that begins with https://'];
  const { username, password, hostname } = new URL(url);
  if (username !== '' || password !== '')
    return ['has a user name or a password', 'remove it: EVENTS_SECRET signs what is sent'];
  const literal = hostname.replace(/^\[|\]$/g, '');
  const isInner = literal === 'localhost' || (isIP(literal) !== 0 && !isPublicAddress(literal));
  if (isInner && !allowPrivate)
    return ['is in a private network', 'give a public address, or set EVENTS_ALLOW_PRIVATE=true'];
  return null;
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function isSecret(text: string): boolean {
  const [, key] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(key ?? '', 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === key;
}

/** A full disk is no problem of the setting. */
function isPlaceForFile(path: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK);
    return found?.isDirectory() !== true;
  } catch {
    return false;
  }
}

export function auditStreamOf({ AUDIT_STREAM: stream }: StreamVariables): AuditStreamConfig | null {
  if (stream === '') return null;
  const [, path] = file.exec(stream) ?? [];
  return path === undefined ? { kind: 'stdout' } : { kind: 'file', path };
}

export function eventsOf(env: StreamVariables): EventsConfig | null {
  if (env.EVENTS_URL === '') return null;
  return {
    url: secret(env.EVENTS_URL),
    secrets: env.EVENTS_SECRET.map(secret),
    allowPrivate: env.EVENTS_ALLOW_PRIVATE === 'true',
  };
}
