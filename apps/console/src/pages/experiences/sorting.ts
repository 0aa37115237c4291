import { STATUSES, titleOf, typeWord, type Experience } from '../../shared/experience';

export const SORTS = ['newest', 'title', 'type', 'status', 'published'] as const;
export type Sort = (typeof SORTS)[number];

const compare = new Intl.Collator(undefined, { numeric: true }).compare;
const byTime = (a: string | null, b: string | null): number => (b ?? '').localeCompare(a ?? '');
const place = ({ status }: Experience): number => STATUSES.findIndex((one) => one.status === status);

/** For a publication before the first received event, only the snapshot has the time. */
export const publishedAt = (one: Experience): string | null => one.firstPublishedAt ?? one.publishedAt;

const ORDERS: Readonly<Record<Sort, (a: Experience, b: Experience) => number>> = {
  newest: (a, b) => byTime(a.createdAt, b.createdAt),
  title: (a, b) => compare(titleOf(a), titleOf(b)),
  type: (a, b) => compare(typeWord(a.type), typeWord(b.type)),
  status: (a, b) => place(a) - place(b),
  published: (a, b) => byTime(publishedAt(a), publishedAt(b)),
};

/** Breaks ties by newest, then by uid, so that the order is stable between two reads. */
export const sorted = (items: readonly Experience[], sort: Sort): Experience[] =>
  items.toSorted((a, b) => ORDERS[sort](a, b) || ORDERS.newest(a, b) || a.uid.localeCompare(b.uid));
