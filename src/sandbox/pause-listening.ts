import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

/**
 * Lets a server refuse connections, from the call on, and later listen at the same address again. Meanwhile a connection
 * from its port keeps the port: the system may give a free one to any other server that asks for some port, and that
 * server would get what is sent here.
 *
 * Open connections stay. Resolves with what ends the pause: `again` is false where the server is not needed any more.
 */
export async function pauseListening(server: Server): Promise<(again?: boolean) => Promise<void>> {
  const { address, port } = addressOf(server);
  server.close();
  const beside = createServer().listen(0, address);
  await once(beside, 'listening');
  const keeper = connect({ host: address, port: addressOf(beside).port, localAddress: address, localPort: port });
  await once(keeper, 'connect');
  return async (again = true) => {
    if (again) await once(server.listen(port, address), 'listening');
    keeper.destroy();
    beside.close();
  };
}

const addressOf = (server: Server) => server.address() as AddressInfo;
