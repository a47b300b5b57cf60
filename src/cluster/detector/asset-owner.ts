import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { assetOf, assetsOf, conversionAssets } from '../../core/sharding/assets.js';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import type { DetectionService } from '../../detection/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import { isConflict } from '../link/claims.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { type Duties, Owner } from '../link/owner.js';
import type { RemoteMarkets } from '../markets/remote-markets.js';
import { type OpportunityMessage, TELL_OPEN_MS, V } from '../messages.js';
import type { WatchedSymbols } from '../states/watched-symbols.js';
import { OPPORTUNITIES, subjects } from '../subjects.js';
import { OpportunityLane } from './opportunity-lane.js';

/** How long the end waits for the last events to be sent, milliseconds. */
const FINISH_MS = 3_000;

/** What an owner of assets needs around it. */
export interface DetectorContext {
  readonly link: ClusterLink;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly detection: DetectionService;
  readonly markets: RemoteMarkets;
  readonly symbols: WatchedSymbols;
}

/** Owns this detector's share of the assets: has it judge them, and tells what it finds, under the claim of each. */
export class AssetOwner implements Duties, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly lanes = new Map<string, OpportunityLane>();
  private readonly owner: Owner;
  /** Of the symbols that are watched. */
  private assets: ReadonlySet<string> = new Set();
  private listening: Subscription | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly context: DetectorContext) {
    const { link, log } = context;
    this.owner = new Owner('asset', link.members, link.claims, this, log);
  }

  /** Assets that are owned here. */
  get owned(): readonly string[] {
    return [...this.lanes.keys()];
  }

  /** Events that wait for the broker. */
  get waiting(): number {
    return [...this.lanes.values()].reduce((sum, lane) => sum + lane.length, 0);
  }

  all(): Iterable<string> {
    return this.assets;
  }

  onApplicationBootstrap(): void {
    const { detection, log } = this.context;
    const error = (reason: unknown): void => {
      log.error('what is found is no longer told: restart this detector', { reason: String(reason) });
    };
    this.listening = detection.events$.subscribe({
      next: (event) => {
        this.laneOf(event)?.push(event);
      },
      error,
    });
    this.listening.add(
      this.context.symbols.changes$.subscribe({
        next: (symbols) => {
          this.assets = assetsOf(this.context.settings.exchanges, symbols);
          this.follow();
        },
        error,
      }),
    );
    this.takeStock();
    this.timer = setInterval(() => {
      this.tellOpen();
    }, TELL_OPEN_MS);
    this.owner.start();
  }

  /** Detection has closed what was open by now; what it told is sent, and each asset given back. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const { link } = this.context;
    await this.owner.stop();
    this.listening?.unsubscribe();
    if (link.broker.isUp) this.context.log.info('every asset is given back', { member: link.id });
  }

  async gain(asset: string, term: number): Promise<boolean> {
    const { clock, detection, link, log } = this.context;
    const { stream } = link.broker;
    const { epoch } = detection;
    const message: OpportunityMessage = { v: V, term, epoch, kind: 'claim', member: link.id, atMs: clock.nowMs() };
    const lastSubjectSequence = await this.lastSequence(asset);
    try {
      const { seq } = await stream.publish(subjects.opportunity(asset), JSON.stringify(message), {
        msgID: `${asset} ${term} claim`,
        expect: { lastSubjectSequence },
      });
      const lost = (): void => void this.owner.lost(asset);
      this.lanes.set(asset, new OpportunityLane(stream, { asset, term, epoch }, seq, lost, log));
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
    this.takeStock();
    return true;
  }

  async lose(asset: string, isOurs: boolean): Promise<void> {
    const lane = this.lanes.get(asset);
    if (!lane) return;
    if (!isOurs) lane.drop();
    // Closes what is open of it; the closings still go the way of the asset.
    this.context.detection.own(this.owned.filter((other) => other !== asset));
    this.lanes.delete(asset);
    this.follow();
    await Promise.race([lane.finish(), new Promise((resolve) => setTimeout(resolve, FINISH_MS).unref())]);
    lane.drop();
  }

  private takeStock(): void {
    this.follow();
    this.context.detection.own(this.owned);
  }

  private follow(): void {
    const { markets, settings, symbols } = this.context;
    markets.follow(new Set([...this.owned, ...conversionAssets(settings.exchanges, symbols.symbols())]));
  }

  private laneOf({ opportunity }: OpportunityEvent): OpportunityLane | undefined {
    return this.lanes.get(assetOfOpportunity(opportunity));
  }

  private tellOpen(): void {
    const byAsset = new Map<string, Opportunity[]>();
    for (const one of this.context.detection.open()) {
      const asset = assetOfOpportunity(one);
      byAsset.set(asset, [...(byAsset.get(asset) ?? []), one]);
    }
    for (const [asset, open] of byAsset) void this.lanes.get(asset)?.tellOpen(open);
  }

  /** Of the newest message of an asset; 0 where there is none. */
  private async lastSequence(asset: string): Promise<number> {
    const { streams } = this.context.link.broker;
    const message = await streams.streams.getMessage(OPPORTUNITIES, { last_by_subj: subjects.opportunity(asset) });
    return message?.seq ?? 0;
  }
}

function assetOfOpportunity({ legs }: Opportunity): string {
  const [buy] = legs;
  return buy ? assetOf(buy.exchange, buy.symbol) : '';
}
