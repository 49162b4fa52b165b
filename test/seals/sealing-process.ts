import { systemClock } from '../../src/clock.ts';
import { type DatabaseConfig, secret } from '../../src/config.ts';
import { openDatabase } from '../../src/db/database.ts';
import { sealNext } from '../../src/seals/chain.ts';

/** A process that seals entries in small batches until none is left, to be killed meanwhile: its database's address is its argument. */
const [address = ''] = process.argv.slice(2);
const config: DatabaseConfig = address.startsWith('file:')
  ? { kind: 'sqlite', path: address.slice('file:'.length) }
  : { kind: 'postgres', url: secret(address) };
const database = await openDatabase(config, systemClock);
while ((await sealNext(database, 5)) > 0) process.stdout.write('sealed\n');
await database.close();
