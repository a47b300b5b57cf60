// The least that can stand between an exchange and a client: a socket whose frames are passed on as they are.
// Prints its address; ends with its parent. Argument: the address that it reads.
import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const source = new WebSocket(process.argv[2], { perMessageDeflate: false });
source.on('message', (data) => {
  for (const client of server.clients) client.send(data, { binary: false });
});
source.on('open', () => process.stdout.write(`ws://127.0.0.1:${server.address().port}\n`));
process.on('disconnect', () => process.exit(0));
