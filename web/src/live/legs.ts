import type { Opportunity, OpportunityLeg } from '../../../src/core/opportunity/opportunity.js';

/** What is bought, and what is sold. */
export function sidesOf({ legs }: Opportunity): { buy: OpportunityLeg | undefined; sell: OpportunityLeg | undefined } {
  return { buy: legs.find(({ side }) => side === 'buy'), sell: legs.find(({ side }) => side === 'sell') };
}
