import { isDollarStablecoin } from '../market/quote.js';
import { parseSymbol } from '../market/symbol.js';
import type { Candidate } from './candidate.js';
import type { Gate } from './gate.js';

/**
 * Refuses two quotes that no live book joins, and one quote whose worth in USD no live book tells, since then no minimum
 * in USD can be held against it. A dollar stablecoin in which both legs are quoted passes: its exact worth decides
 * nothing but that minimum.
 */
export const quote: Gate = {
  reason: 'quote',
  refuses: (candidate) => (candidate.hasTwoQuotes && candidate.conversion() === null) || isOfUnknownWorth(candidate),
  measure: (candidate) => {
    const conversion = candidate.conversion();
    return {
      buyQuote: parseSymbol(candidate.route.buy.symbol)?.quote ?? null,
      sellQuote: parseSymbol(candidate.route.sell.symbol)?.quote ?? null,
      rate: conversion?.rate ?? null,
      through: conversion?.steps.map(({ exchange, symbol }) => `${exchange}:${symbol}`).join(' ') ?? null,
      depegBps: conversion?.depegBps ?? null,
      usdPerQuote: candidate.usdPerQuote,
    };
  },
};

function isOfUnknownWorth({ route, usdPerQuote }: Candidate): boolean {
  if (usdPerQuote !== null) return false;
  const parts = parseSymbol(route.buy.symbol);
  return parts === null || !isDollarStablecoin(parts.quote);
}
