// What joins the two quotes of an opening, recomputed from the books that were really published.

/**
 * Checks each step of a conversion and gives what it is worth.
 *
 * @param conversion - Of the opportunity.
 * @param ends - Quotes `[from, to]`: of the selling leg, of the buying one.
 * @param topBook - Finds the published book whose best price of a side was this one: `(step) => book | null`.
 * @param feeBpsOf - Taker fee that a book really charges: `(exchange, symbol) => bps`.
 * @param problems - Takes what is not true, in words.
 * @returns `rate`: units of `to` per unit of `from` at the best prices; `turn`: what an amount of `from` really becomes when the
 * books are walked for it, null where they do not hold as much.
 */
export function checkConversion({ steps, rate: claimed }, [from, to], { topBook, feeBpsOf }, problems) {
  let rate = 1;
  let held = from;
  const turns = [];
  for (const step of steps) {
    const { exchange, symbol, side, price } = step;
    const isSale = side === 'sell';
    const [base, quote] = symbol.split('/');
    const share = feeBpsOf(exchange, symbol) / 10_000;
    const book = topBook(step);
    if (!book) problems.push(`${exchange}:${symbol} had no ${isSale ? 'bid' : 'ask'} at ${price}`);
    if (held !== (isSale ? base : quote)) problems.push(`${side} on ${symbol} turns no ${held} into anything`);
    held = isSale ? quote : base;
    rate *= isSale ? price * (1 - share) : 1 / (price * (1 + share));
    turns.push((amount) => (isSale ? sale(book, amount, share) : purchase(book, amount, share)));
  }
  if (held !== to) problems.push(`the steps end in ${held}, not in ${to}`);
  if (!(Math.abs(rate - claimed) <= 1e-9 * rate)) problems.push(`a ${from} is ${rate} ${to}, not ${claimed}`);
  return { rate, turn: (amount) => turns.reduce((left, turn) => left && turn(left), amount) };
}

function sale(book, amount, share) {
  let left = amount;
  let got = 0;
  for (const [price, size] of book?.bids ?? []) {
    const sold = Math.min(left, size);
    got += sold * price * (1 - share);
    left -= sold;
    if (left <= amount * 1e-12) return got;
  }
  return null;
}

function purchase(book, amount, share) {
  let left = amount;
  let got = 0;
  for (const [price, size] of book?.asks ?? []) {
    const each = price * (1 + share);
    const bought = Math.min(left / each, size);
    got += bought;
    left -= bought * each;
    if (left <= amount * 1e-12) return got;
  }
  return null;
}
