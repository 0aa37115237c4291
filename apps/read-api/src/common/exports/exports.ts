import { Readable } from 'node:stream';
import { unavailable, type Logger, type Metrics } from '@app/platform';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { LARGEST_LIMIT, type Page } from '../parameters/page';
import { Permits, type ShareLimits } from '../shares/shares';
import type { ExportedList } from './exported';
import type { ExportFormat } from './formats';

const RETRY_SECONDS = 5;
/** How many items an export asks a handler for at a time. */
export const EXPORT_PAGE = LARGEST_LIMIT;

/** Answers one page of a list, as its handler does; null asks for the first. */
export type AskPage = (cursor: string | null) => Promise<unknown>;

/** The exports that are under way. Each holds a page in memory for as long as its client takes to read it. */
export class Exports implements BeforeApplicationShutdown {
  private readonly permits: Permits;
  private stopping = false;
  private readonly rows;
  private readonly ended;
  private readonly gauge;

  constructor(
    limits: ShareLimits,
    metrics: Metrics,
    private readonly logger: Logger,
  ) {
    this.permits = new Permits('exports', limits, RETRY_SECONDS);
    this.gauge = metrics.gauge({ name: 'read_api_exports', help: 'Exports under way.' });
    this.rows = metrics.counter({ name: 'read_api_export_rows_total', help: 'Rows that exports sent.' });
    this.ended = metrics.counter({
      name: 'read_api_exports_ended_total',
      help: 'Exports that ended: whole, aborted by the client, or failed.',
      labelNames: ['outcome'],
    });
  }

  /** A stop does not wait for a long export: it breaks off, which its client sees. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  /**
   * The text of an export, page by page as it is read. The first page is there when this resolves, so that what is
   * wrong with the request is still an answer of its own; what goes wrong later is an error of the stream.
   *
   * @param tokenKey whose share it is part of
   * @throws {Problem} 503 when there are too many already, 429 when the token has its share, and what the first page
   * throws
   */
  async begin(tokenKey: string, list: ExportedList, format: ExportFormat, ask: AskPage): Promise<Readable> {
    if (this.stopping) throw unavailable('The read API stops.', RETRY_SECONDS);
    const leave = this.permits.take(tokenKey);
    const giveBack = (): void => {
      leave();
      this.gauge.set(this.permits.size);
    };
    this.gauge.set(this.permits.size);
    try {
      const body = Readable.from(this.pages(list, format, ask, await ask(null)), { objectMode: false });
      // Also when nobody ever read of it.
      body.once('close', giveBack);
      return body;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  private async *pages(
    list: ExportedList,
    format: ExportFormat,
    ask: AskPage,
    first: unknown,
  ): AsyncGenerator<string> {
    let outcome = 'aborted';
    try {
      let answer = first;
      // NDJSON has the items as they are, whatever the handler answers.
      const columns = format.name === 'csv' ? list.columnsOf(first) : [];
      let text = format.begin(columns);
      for (;;) {
        const items = list.itemsOf(answer);
        for (const item of items) text += format.line(columns, item);
        this.rows.inc(items.length);
        if (text !== '') yield text;
        text = '';
        const { nextCursor = null } = answer as Partial<Page<unknown>>;
        if (nextCursor === null) break;
        if (this.stopping) throw new Error('the read API stops');
        answer = await ask(nextCursor);
      }
      outcome = 'whole';
    } catch (error) {
      outcome = 'failed';
      this.logger.warn({ err: error, list: list.name }, 'an export broke off');
      throw error;
    } finally {
      this.ended.inc({ outcome });
    }
  }
}
