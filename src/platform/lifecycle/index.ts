export { assertPortFree } from './assert-port-free.js';
export { crashLoudly } from './crash.js';
export { explainStartFailure } from './start-failure.js';
export { onStopRequest } from './stop-requests.js';
