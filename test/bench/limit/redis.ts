import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { end, freePort, tieToThisProcess } from '../support/program.ts';

/** What BullMQ on Redis needs, or why it cannot be had here. */
export type Redis =
  | { readonly kind: 'there'; readonly url: string; close(): Promise<void> }
  | { readonly kind: 'missing'; readonly why: string };

/**
 * Redis where `REDIS_URL` says, on its usual port of this machine, or, where the program is installed, one started for
 * this run alone, which keeps nothing on disk.
 */
export async function findRedis(): Promise<Redis> {
  if (!isInstalled('ioredis')) return { kind: 'missing', why: 'BullMQ needs the package ioredis for it' };
  const named = process.env.REDIS_URL;
  for (const url of named === undefined ? ['redis://127.0.0.1:6379'] : [named]) {
    if (await answers(url)) return { kind: 'there', url, close: async () => undefined };
  }
  return (await startOwn()) ?? { kind: 'missing', why: 'no Redis answers here, and redis-server is not installed' };
}

function isInstalled(name: string): boolean {
  try {
    createRequire(createRequire(import.meta.url).resolve('bullmq')).resolve(name);
    return true;
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port || 6379), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function startOwn(): Promise<Redis | null> {
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const child = spawn('redis-server', ['--port', String(port), ...settings], { stdio: 'ignore' });
  const started = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)]);
  if (!started) return null;
  tieToThisProcess(child);
  const url = `redis://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) return null;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { kind: 'there', url, close: () => end(child) };
}
