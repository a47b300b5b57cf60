// Asks the service in this container whether it lives; ends with 0 when it does. By http, else by https, whose certificate
// is for other names than this loopback address and so is not looked at.
// Use: HEALTHCHECK of the Containerfile. CROSSBOOK_PORT as for the service; for a port in crossbook.yaml set it as well.
import http from 'node:http';
import https from 'node:https';
import process from 'node:process';

const WITHIN_MS = 3_000;
const port = Number(process.env.CROSSBOOK_PORT ?? 8080);

function asks(client) {
  return new Promise((resolve) => {
    const request = client.get(
      { host: '127.0.0.1', port, path: '/health/live', rejectUnauthorized: false, timeout: WITHIN_MS },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

process.exit((await asks(http)) || (await asks(https)) ? 0 : 1);
