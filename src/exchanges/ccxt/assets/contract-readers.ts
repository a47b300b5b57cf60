/** Picks the contract's address out of an exchange's own row of a network, as it stands there. */
export type ContractReader = (row: Readonly<Record<string, unknown>>) => unknown;

const field =
  (name: string): ContractReader =>
  (row) =>
    row[name];

/**
 * okx tells the last six characters alone in its answers of deposit addresses, by the same name; such an end of an
 * address would look like another contract, so only what is longer is taken.
 */
const okx: ContractReader = ({ ctAddr }) => (typeof ctAddr === 'string' && ctAddr.trim().length > 6 ? ctAddr : null);

/**
 * Where each exchange tells the contract of an asset on a network; ccxt has no unified name for it. One that is not
 * listed tells none.
 */
export const CONTRACT_READERS: Readonly<Record<string, ContractReader>> = {
  // https://docs.backpack.exchange/#tag/Assets
  backpack: field('contractAddress'),
  // https://developers.binance.com/docs/wallet/capital/all-coins-info
  binance: field('contractAddress'),
  // https://bingx-api.github.io/docs/#/en-us/spot/wallet-api.html
  bingx: field('contractAddress'),
  // https://www.bitget.com/api-doc/spot/market/Get-Coin-List
  bitget: field('contractAddress'),
  // https://bybit-exchange.github.io/docs/v5/asset/coin-info
  ...{ bybit: field('contractAddress'), bybiteu: field('contractAddress'), bybitid: field('contractAddress') },
  // https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/currencies/get-all-currencies
  coinbaseexchange: field('contract_address'),
  // https://www.gate.com/docs/developers/apiv4/#list-all-currencies-details
  ...{ gate: field('addr'), gateeu: field('addr') },
  // https://api.hitbtc.com/#currencies
  hitbtc: field('contract_address'),
  // https://huobiapi.github.io/docs/spot/v1/en/#apiv2-currency-amp-chains names it not, real answers do.
  htx: field('contractAddress'),
  // https://www.kucoin.com/docs/rest/spot-trading/market-data/get-currency-list
  kucoin: field('contractAddress'),
  // https://www.mexc.com/api-docs/spot-v3/wallet-endpoints
  mexc: field('contract'),
  // https://www.okx.com/docs-v5/en/#funding-account-rest-api-get-currencies
  ...{ okx, okxus: okx, myokx: okx },
  // https://api-docs.poloniex.com/spot/api/public/reference-data
  poloniex: field('contractAddress'),
};
