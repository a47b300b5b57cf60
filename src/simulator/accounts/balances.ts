/** What every simulated account holds: `[asset, free, locked]`. */
export const BALANCES: readonly (readonly [string, string, string])[] = [
  ['BTC', '0.41820000', '0.01000000'],
  ['ETH', '3.10400000', '0.00000000'],
  ['SOL', '24.50000000', '0.00000000'],
  ['USDT', '12540.22000000', '800.00000000'],
  ['USDC', '5012.75000000', '0.00000000'],
];
