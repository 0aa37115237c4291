import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { SummingPart, writeBulk, type Projection, type Source } from '@app/engine';
import { createKafka, KafkaLogReader } from '@app/engine-kafka';
import { ClaimedJob, PostgresBuild, workPool } from '@app/engine-postgres';
import { createLogger } from '@app/platform';
import type { Pool } from 'pg';
import {
  failureOf,
  type BulkTask,
  type HelperAnswer,
  type HelperMessage,
  type HelperSetting,
  type HelperTask,
} from './helper-protocol';

export function isJobHelper(): boolean {
  return !isMainThread && helperSetting() !== undefined;
}

function helperSetting(): HelperSetting | undefined {
  return (workerData as { readonly helper?: HelperSetting } | null)?.helper;
}

/** Does the tasks that the thread of the job sends, until it says stop. */
export function runJobHelper(projections: readonly Projection<CatalogEvent>[]): void {
  const helper = new Helper(helperSetting()!, projections);
  const answer = (message: HelperAnswer): void => parentPort!.postMessage(message);
  let working = Promise.resolve();
  parentPort!.on('message', (message: HelperMessage) => {
    if (message.kind === 'stop') {
      helper.stop.abort(new Error('the helper was stopped'));
      void working.then(() => helper.close()).finally(() => parentPort!.close());
      return;
    }
    working = helper
      .do(message, (told) => answer({ kind: 'told', told }))
      .then(
        (result) => answer({ kind: 'done', result }),
        (error: unknown) => answer({ kind: 'failed', failure: failureOf(error) }),
      );
  });
}

class Helper {
  readonly stop = new AbortController();
  private readonly pool: Pool;
  private readonly source: Source<CatalogEvent>;
  private readonly projection: Projection<CatalogEvent>;
  private part: SummingPart<CatalogEvent> | null = null;

  constructor(
    private readonly setting: HelperSetting,
    projections: readonly Projection<CatalogEvent>[],
  ) {
    const { databaseUrl, instance, kafka, projection } = setting;
    // One that writes, one to end its statement.
    this.pool = workPool(databaseUrl, instance, 2);
    // What goes wrong is told by the thread of the job.
    const client = createKafka(kafka, instance, createLogger(instance, 'silent'));
    this.source = { log: new KafkaLogReader(client, `job-${projection}`), decode: decodeEvent };
    this.projection = projections.find(({ name }) => name === projection)!;
  }

  async do(task: HelperTask, tell: (count: number) => void): Promise<unknown> {
    switch (task.kind) {
      case 'bulk':
        return this.bulk(task, tell);
      case 'fold':
        this.part = new SummingPart(this.projection, this.source, task.buckets);
        return this.part.fold(task.task, tell, this.stop.signal);
      case 'merge':
        return this.part!.merge(task.spills, task.groups, this.stop.signal);
      case 'count':
        return this.part!.count(task.spills, task.groups, this.stop.signal);
    }
  }

  close(): Promise<void> {
    this.part?.close();
    return this.pool.end();
  }

  private bulk(
    { generation, rowsPerWrite, ranges }: BulkTask,
    wrote: (offsets: number) => void,
  ): Promise<void> {
    const { pool, projection, source, stop } = this;
    const { job, attempt } = this.setting.claim;
    const claim = new ClaimedJob(pool, job, attempt);
    const target = PostgresBuild.bulk(pool, projection, claim, generation, stop.signal);
    return writeBulk({ projection, source, target, rowsPerWrite, ranges, wrote, signal: stop.signal });
  }
}
