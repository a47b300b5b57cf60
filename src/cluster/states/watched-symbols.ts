import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { BehaviorSubject, filter, map, type Observable, type Subscription } from 'rxjs';
import { SymbolWatch } from '../../exchanges/index.js';
import type { Settings } from '../../platform/config/index.js';
import type { StateLog } from './state-log.js';

/** The one state of its kind. */
const NAME = 'watched';

/** The symbols that every member watches: those of the settings until somebody changes them for all. */
export class WatchedSymbols extends SymbolWatch implements OnModuleInit, OnModuleDestroy {
  private readonly wanted$: BehaviorSubject<readonly string[]>;
  private listening: Subscription | null = null;

  /** Tells the present first. */
  readonly changes$: Observable<readonly string[]>;

  constructor(
    private readonly states: StateLog,
    settings: Pick<Settings, 'symbols'>,
  ) {
    super();
    this.wanted$ = new BehaviorSubject<readonly string[]>([...new Set(settings.symbols)]);
    this.changes$ = this.wanted$.asObservable();
  }

  onModuleInit(): void {
    for (const { value } of this.states.all('symbols')) this.wanted$.next(value as string[]);
    this.listening = this.states.changes$
      .pipe(
        filter(({ kind }) => kind === 'symbols'),
        map(({ value }) => value as string[]),
      )
      .subscribe({
        next: (symbols) => {
          this.wanted$.next(symbols);
        },
        error: (error: unknown) => {
          throw error;
        },
      });
  }

  onModuleDestroy(): void {
    this.listening?.unsubscribe();
  }

  override symbols(): readonly string[] {
    return this.wanted$.value;
  }

  override async watch(symbols: readonly string[]): Promise<void> {
    await this.states.put('symbols', NAME, symbols);
    this.wanted$.next(symbols);
  }
}
