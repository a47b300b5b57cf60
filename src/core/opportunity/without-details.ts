import type { Opportunity } from './opportunity.js';

/**
 * @param opportunity - With or without the books of its legs and what the gates measured.
 * @returns It without both, as lists and updates show it.
 */
export function withoutDetails(opportunity: Opportunity): Opportunity {
  if (opportunity.books === undefined && opportunity.gates === undefined) return opportunity;
  const copy: Opportunity & { books?: unknown; gates?: unknown } = { ...opportunity };
  delete copy.books;
  delete copy.gates;
  return copy;
}
