// The live feed in a browser, without a library: docs/feed.md in a hundred lines.
const at = (id) => document.getElementById(id);
const open = new Map();
let socket = null;
let timer;
/** Where the last message left us; a new connection goes on from there. */
let since = null;
let epoch = '';

function connect() {
  clearTimeout(timer);
  socket?.close();
  socket = new WebSocket(at('url').value);
  const mine = socket;
  socket.onmessage = ({ data }) => mine === socket && take(JSON.parse(data));
  socket.onclose = ({ code, reason }) => {
    if (mine !== socket) return;
    // What is on the screen is not live any more: say so.
    const isFinal = code === 4401 || code === 4403;
    tell(`not connected (${code}${reason ? `: ${reason}` : ''})${isFinal ? '' : '; trying again …'}`);
    if (!isFinal) timer = setTimeout(connect, 1_000 + 1_000 * Math.random());
  };
}

function send(message) {
  socket.send(JSON.stringify(message));
}

function subscribe() {
  send({ op: 'subscribe', id: 'open', channel: 'opportunities', ...(since && { since }) });
}

function take(message) {
  switch (message.type) {
    case 'hello':
      epoch = message.epoch;
      // A browser cannot set headers on a WebSocket: the token is the first message, never a part of the address.
      if (at('token').value) send({ op: 'auth', token: at('token').value });
      subscribe();
      break;
    case 'snapshot':
      open.clear();
      for (const opportunity of message.data) open.set(opportunity.id, opportunity);
      shown(message);
      break;
    case 'update':
      if (message.prevSeq !== since?.seq) {
        // Something is missing: ask for the whole again.
        since = null;
        send({ op: 'unsubscribe', id: 'again', sub: 'open' });
        subscribe();
        break;
      }
      for (const { event, opportunity } of message.data) {
        if (event === 'closed') open.delete(opportunity.id);
        else open.set(opportunity.id, opportunity);
      }
      shown(message);
      break;
    case 'error':
      tell(`${message.code}: ${message.message}`);
      break;
  }
}

function shown({ seq }) {
  since = { epoch, seq };
  tell(`live, ${open.size} open`);
  const byNetBps = [...open.values()].sort((a, b) => b.netBps - a.netBps);
  at('open').replaceChildren(...byNetBps.map(row));
}

function row({ symbol, legs: [buy, sell], netBps, netProfit, currency }) {
  const tr = document.createElement('tr');
  for (const text of [symbol, buy.exchange, sell.exchange, netBps.toFixed(2), `${netProfit.toFixed(2)} ${currency}`]) {
    tr.append(Object.assign(document.createElement('td'), { textContent: text }));
  }
  return tr;
}

function tell(words) {
  at('state').textContent = words;
}

at('connect').onclick = connect;
const asked = new URLSearchParams(location.search).get('url');
if (asked) at('url').value = asked;
connect();
