import { Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { MAX_SYMBOL_LENGTH, parseSymbol } from '../core/market/symbol.js';
import { RequireScope } from '../platform/auth/index.js';
import { MAX_SYMBOLS } from '../platform/config/index.js';
import { ApiProblem, exact, ProblemError, shownValue, wholeListOf } from '../platform/http/index.js';
import { SymbolWatch } from './contract/ports.js';

/** The watched symbols, as every list of the interface is answered. */
export interface SymbolList {
  readonly data: readonly { readonly symbol: string }[];
  readonly nextCursor: null;
  readonly hasMore: false;
}

const SYMBOL_LIST = wholeListOf(exact({ symbol: { type: 'string', example: 'BTC/USDT' } }));

/** The watched symbols by REST. Changes hold until the service ends: its settings say what the next start watches. */
@ApiTags('exchanges')
@Controller('v1/symbols')
export class SymbolsController {
  constructor(private readonly watch: SymbolWatch) {}

  @Get()
  @RequireScope('feed')
  @ApiOperation({ summary: 'Symbols that are watched now, on every exchange that lists them' })
  @ApiOkResponse({ description: 'The symbols that are watched.', schema: SYMBOL_LIST })
  list(): SymbolList {
    return { data: this.watch.symbols().map((symbol) => ({ symbol })), nextCursor: null, hasMore: false };
  }

  @Put(':base/:quote')
  @RequireScope('symbols:admin')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Watch a symbol too, until the service ends; no other book is disturbed' })
  @ApiParam({ name: 'quote', example: 'USDT', description: 'for a contract with what it settles in: USDT:USDT' })
  @ApiOkResponse({ description: 'The symbols that are watched.', schema: SYMBOL_LIST })
  @ApiProblem(409, 'too_many_symbols: remove one first.')
  async add(@Param('base') base: string, @Param('quote') quote: string): Promise<SymbolList> {
    const symbol = checked(base, quote);
    const known = this.watch.symbols();
    if (!known.includes(symbol)) {
      if (known.length >= MAX_SYMBOLS) {
        throw new ProblemError(
          409,
          'too_many_symbols',
          `${known.length} symbols are watched, no more can be; remove one`,
        );
      }
      await this.watch.watch([...known, symbol]);
    }
    return this.list();
  }

  @Delete(':base/:quote')
  @RequireScope('symbols:admin')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Watch a symbol no more, until the service ends; its opportunities close with "removed"' })
  @ApiParam({ name: 'quote', example: 'USDT', description: 'for a contract with what it settles in: USDT:USDT' })
  @ApiOkResponse({ description: 'The symbols that are watched.', schema: SYMBOL_LIST })
  @ApiProblem(404, 'unknown_symbol: it is not watched.')
  @ApiProblem(409, 'last_symbol: add another first.')
  async remove(@Param('base') base: string, @Param('quote') quote: string): Promise<SymbolList> {
    const symbol = checked(base, quote);
    const known = this.watch.symbols();
    if (!known.includes(symbol)) {
      throw new ProblemError(404, 'unknown_symbol', `${symbol} is not watched; GET /v1/symbols lists what is`);
    }
    if (known.length === 1) {
      throw new ProblemError(409, 'last_symbol', `${symbol} is the last one watched; add another before you remove it`);
    }
    await this.watch.watch(known.filter((other) => other !== symbol));
    return this.list();
  }
}

function checked(base: string, quote: string): string {
  const symbol = `${base}/${quote}`;
  if (symbol.length <= MAX_SYMBOL_LENGTH && parseSymbol(symbol)) return symbol;
  const detail = `${shownValue(symbol)} is no unified symbol; ask for one such as /v1/symbols/BTC/USDT`;
  throw new ProblemError(400, 'bad_symbol', detail, 'symbol');
}
