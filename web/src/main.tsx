import { render } from 'preact';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import { App } from './app.js';
import { start } from './live/connection.js';
import { startExchanges } from './live/exchange-board.js';
import { startBoard } from './live/opportunity-board.js';
import { startAlerts } from './views/opportunities/alerts.js';

startBoard();
startExchanges();
startAlerts();
start();

const host = document.getElementById('app');
if (host) render(<App />, host);
