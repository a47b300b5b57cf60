import { ExchangesView } from './exchanges/exchanges-view.js';
import { KeysView } from './keys/keys-view.js';
import { MatrixView } from './matrix/matrix-view.js';
import { OpportunitiesView } from './opportunities/opportunities-view.js';
import { PastView } from './past/past-view.js';
import type { View } from './view.js';

/** The views, in the order of the tabs; the first is where the page begins. */
export const VIEWS: readonly View[] = [
  { id: 'opportunities', title: 'Opportunities', shortcut: '1', show: OpportunitiesView },
  { id: 'matrix', title: 'Matrix', shortcut: '2', show: MatrixView },
  { id: 'past', title: 'Past', shortcut: '3', show: PastView },
  { id: 'exchanges', title: 'Exchanges', shortcut: '4', show: ExchangesView },
  { id: 'keys', title: 'Keys', shortcut: '5', show: KeysView },
];
