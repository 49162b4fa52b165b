import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A port of its own before a server, which a test closes and opens while the server stays as it is. */
export interface Relay {
  /** The same address, by way of this port. */
  through(url: string): string;
  open(): Promise<void>;
  /** Breaks open connections and refuses new ones. */
  close(): Promise<void>;
}

export async function startRelay(): Promise<Relay> {
  const sockets = new Set<Socket>();
  let target = 0;
  let port = 0;
  let server: Server | null = null;

  const kept = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };

  async function open(): Promise<void> {
    server = createServer((incoming) => {
      const outgoing = kept(connect(target, '127.0.0.1'));
      kept(incoming).pipe(outgoing).pipe(incoming);
      incoming.on('close', () => outgoing.destroy());
      outgoing.on('close', () => incoming.destroy());
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  await open();
  return {
    through(url) {
      const address = new URL(url);
      target = Number(address.port);
      address.port = String(port);
      return address.href;
    },
    open,
    async close() {
      const closing = server;
      server = null;
      if (closing === null) return;
      closing.close();
      for (const socket of sockets) socket.destroy();
      await once(closing, 'close');
    },
  };
}
