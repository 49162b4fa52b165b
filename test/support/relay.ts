import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pauseListening } from '../../src/sandbox/pause-listening.ts';

/** A port of its own before a server, which a test closes and opens while the server stays as it is. */
export interface Relay {
  /** The same address, by way of this port. */
  through(url: string): string;
  open(): Promise<void>;
  /** Breaks open connections and refuses new ones. */
  close(): Promise<void>;
  /** Closes it for good. */
  end(): Promise<void>;
}

export async function startRelay(): Promise<Relay> {
  const sockets = new Set<Socket>();
  let target = 0;
  let resume: ((again?: boolean) => Promise<void>) | null = null;

  const kept = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };

  const server = createServer((incoming) => {
    const outgoing = kept(connect(target, '127.0.0.1'));
    kept(incoming).pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    through(url) {
      const address = new URL(url);
      target = Number(address.port);
      address.port = String(port);
      return address.href;
    },
    async open() {
      await resume?.();
      resume = null;
    },
    async close() {
      const pausing = resume ?? pauseListening(server);
      breakAll();
      resume = await pausing;
    },
    async end() {
      await resume?.(false);
      server.close();
      breakAll();
    },
  };
}
