import { generateEvents } from './generate';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);

interface Body {
  readonly event: string;
  readonly experience?: { readonly uid: string; readonly title: string; readonly type: string };
  readonly post?: { readonly uid: string; readonly title: string; readonly type: string };
  readonly project?: { readonly uid: string; readonly name: string };
  readonly request?: { readonly title: string };
  readonly jimer?: { readonly uid: string; readonly username: string | null; readonly email: string | null };
}

describe('a month of believable events', () => {
  const deliveries = [
    ...generateEvents({
      ...{ seed: 3, believable: true, start: START, days: 30, events: 5_000, jimers: 300, experiences: 18 },
      otherTimeFormRate: 0,
    }),
  ];
  const bodies = deliveries.map(({ body }) => JSON.parse(body) as Body);
  const shown = bodies.flatMap(({ experience, post }) => experience ?? post ?? []);

  it('is spread over the month, with more on working days', () => {
    const days = Map.groupBy(deliveries, ({ time }) => Math.floor((time - START) / DAY));
    expect(days.size).toBe(30);
    const mean = (isWeekend: boolean): number => {
      const chosen = [...days].filter(
        ([day]) => (new Date(START + day * DAY).getUTCDay() % 6 === 0) === isWeekend,
      );
      return chosen.reduce((sum, [, of]) => sum + of.length, 0) / chosen.length;
    };
    expect(mean(false)).toBeGreaterThan(2 * mean(true));
    expect(deliveries.every(({ time }) => time >= START && time <= START + 30 * DAY)).toBe(true);
  });

  it('has live experiences on top, each with one title of its own', () => {
    const met = Map.groupBy(shown, ({ uid }) => uid);
    const titles = [...met.values()].map((of) => new Set(of.map(({ title }) => title)));
    expect(titles.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(titles.flatMap((set) => [...set])).size).toBe(met.size);
    const deleted = new Set(
      bodies
        .filter(({ event }) => event.endsWith('.deleted'))
        .map(({ experience, post }) => (experience ?? post)!.uid),
    );
    const top = [...met].sort(([, a], [, b]) => b.length - a.length).slice(0, 8);
    expect(top.map(([uid]) => deleted.has(uid))).not.toContain(true);
  });

  it('has projects with one name for one uid, and requests that nobody numbered', () => {
    const projects = bodies.flatMap(({ project }) => project ?? []);
    const names = Map.groupBy(projects, ({ uid }) => uid);
    expect(names.size).toBe(new Set(projects.map(({ name }) => name)).size);
    for (const of of names.values()) expect(new Set(of.map(({ name }) => name)).size).toBe(1);
    const requests = bodies.flatMap(({ request }) => request?.title ?? []);
    expect(requests.length).toBeGreaterThan(15);
    expect(requests.filter((title) => /\d{2,}/.test(title))).toEqual([]);
  });

  it('has people with a name and an address that belong together, and nothing that looks like a fault', () => {
    const people = new Map(bodies.flatMap(({ jimer }) => (jimer ? [[jimer.uid, jimer] as const] : [])));
    for (const { username, email } of people.values()) {
      expect(username === null).toBe(email === null);
      if (email) expect(email).toMatch(/^[a-z]+\.[a-z]+@[a-z-]+\.example$/);
    }
    const known = [...people.values()].flatMap(({ email }) => email ?? []);
    expect(new Set(known).size).toBeGreaterThan(known.length * 0.97);
    expect(
      deliveries.map(({ body }) => body).filter((body) => /protected|Idea \d|Project \d| v\d/.test(body)),
    ).toEqual([]);
  });

  it('has few comments beside likes, and more starts than completions', () => {
    const count = (event: string): number => bodies.filter((body) => body.event === event).length;
    expect(count('post.liked')).toBeGreaterThan(4 * count('post.commented'));
    expect(count('post.commented')).toBeGreaterThan(5);
    expect(count('tour.started')).toBeGreaterThan(count('tour.completed'));
    expect(count('survey.started')).toBeGreaterThan(count('survey.completed'));
  });
});
