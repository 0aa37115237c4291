import type { ExperienceType } from '../families';
import type { Random } from './random';
import type { StepType, Words } from './words';

const TITLES: Readonly<Record<ExperienceType, readonly string[]>> = {
  TOUR: [
    'Getting started',
    'Build your first dashboard',
    'Import your data',
    'The new editor',
    'Share a report',
  ],
  SURVEY: [
    'Would you recommend us?',
    'How was your first week?',
    'Reports: what is missing?',
    'How do you like the new editor?',
    'Yearly survey',
  ],
  CHECKLIST: [
    'Set up your workspace',
    'Go live in five steps',
    'Bring your team',
    'Connect your tools',
    'Clean up your data',
  ],
  POST: [
    'Dark mode is here',
    'Reports load twice as fast',
    'Webhooks are out of beta',
    'Share with a link',
    'A new home page',
  ],
  HINT: [
    'Filters remember your choice',
    'Press ? for shortcuts',
    'Drag to reorder',
    'Pin what you need',
    'Hover for details',
  ],
  BANNER: [
    'Maintenance on Sunday at 8 pm UTC',
    'Webinar: reporting in practice',
    'The API is part of your plan now',
    'We moved to faster servers',
    'Meet us at the users’ day',
  ],
};
const TAGS = ['activation', 'retention', 'beta', 'enterprise'];
const FIRST_NAMES = [
  ...[
    'Ada',
    'Grace',
    'Linus',
    'Chloé',
    'Zoë',
    'Samir',
    'Noor',
    'Jörg',
    'Mina',
    'Bao',
    'Elena',
    'Tomás',
    'Ingrid',
  ],
  ...['Yuki', 'Omar', 'Lucie', 'Marek', 'Priya', 'Daniel', 'Aisha', 'Henrik', 'Rosa', 'Kofi'],
];
const LAST_NAMES = [
  ...['Lindqvist', 'Moreau', 'Okafor', 'Tanaka', 'Novák', 'Fischer', 'Haddad', 'Silva', 'Nguyen', 'Kowalska'],
  ...['Rossi', 'Andersen', 'Patel', 'Dubois', 'García', 'Weber', 'Yilmaz', 'Murphy', 'Costa'],
];
const COMPANIES = [
  ...[
    'northwind',
    'bluepeak',
    'harbor-labs',
    'lumen-health',
    'oakfield',
    'papertrail',
    'quanta-retail',
    'riverside',
  ],
  ...[
    'solstice',
    'tandem',
    'umbra-media',
    'vantage',
    'westport',
    'yellowbrick',
    'zephyr-air',
    'atlas-freight',
  ],
];
const TEAM = [
  ['Camille', 'Martin'],
  ['Jonas', 'Berg'],
  ['Leila', 'Haddad'],
  ['Peter', 'Nowak'],
  ['Sofia', 'Lund'],
] as const;
const PROJECTS = ['Web app', 'Mobile app', 'Integrations'];
const REQUESTS: readonly (readonly [title: string, description: string, project: number])[] = [
  [
    'Dark mode for shared reports',
    'The app is dark now, but the reports that we send to customers are still white.',
    0,
  ],
  [
    'Export a dashboard as PDF',
    'We paste screenshots into our monthly review. One PDF per dashboard would do.',
    0,
  ],
  [
    'Slack messages when a number drops',
    'A message in our channel when signups fall by more than 20 % in a day.',
    2,
  ],
  [
    'Offline mode',
    'Our field team has no signal in the warehouse. Reading the last report would be enough.',
    1,
  ],
  ['Salesforce sync', 'We copy account names by hand every Monday.', 2],
  ['Undo for deleted filters', 'I removed a filter by mistake and had to build it again.', 0],
  ['Widgets for the home screen', 'I open the app ten times a day for a single number.', 1],
  [
    'Saved views per team',
    'Support and product look at different things. Each should have its own default.',
    0,
  ],
  ['Single sign-on with Okta', 'Our security team asks for it before we can invite everyone.', 2],
  ['Comments on charts', 'So that we can say why there was a peak on the 12th.', 0],
  ['Import from Google Sheets', 'Our targets live in a sheet that changes weekly.', 2],
  ['Larger text on phones', 'The axis labels are too small to read for me.', 1],
  ['Compare with the same month last year', 'We have a strong season: the month before says little.', 0],
  ['Webhook when an export is ready', 'We poll every minute at the moment.', 2],
  ['Copy a dashboard', 'I would like to start from an existing one.', 0],
  ['Notifications in the app', 'E-mail is too slow for our on-call people.', 1],
  ['Weekly summary by e-mail', 'My manager does not log in, but reads every mail.', 0],
  ['Audit log', 'Who changed this report, and when?', 0],
  ['HubSpot integration', 'Same as Salesforce, for our marketing team.', 2],
  ['Face ID', 'Typing the password on the train is a pain.', 1],
  ['More colours for charts', 'Ours need to match the brand.', 0],
  ['Un mode sombre pour les rapports', 'Comme dans l’application, s’il vous plaît.', 0],
  ['Keyboard shortcuts in the editor', 'I would never touch the mouse again.', 0],
  ['Filter by customer', 'One click from a chart to the customers behind it.', 0],
];
const COMMENTS = [
  'Finally! Thank you.',
  'This saves me an hour every week.',
  'Looks great. Will it come to the mobile app too?',
  'Love it.',
  'Works well, but I had to reload the page once.',
  'Could you make it the default?',
  'Exactly what we were waiting for.',
  'Très bien, merci !',
  'Nice, though the old place was easier to find.',
  'How do I switch it off for my team?',
  'Much faster now, especially the large reports.',
  'Is there documentation for this?',
];
const TEXTS = [
  'The first steps were clear, the import took me a while.',
  'More templates would help.',
  'It is fast and does what we need.',
  'I could not find the export at first.',
  'The price for additional seats is high for a small team.',
  'Support answered within minutes. Great!',
  'Please add more integrations.',
  'The mobile app is behind the web app.',
  'I like the new editor a lot.',
  'Reports with many filters are slow.',
  'Nothing, keep going.',
  'Un peu plus de documentation en français.',
];
const QUESTIONS: Readonly<Record<StepType, string>> = {
  NPS: 'How likely are you to recommend us to a colleague?',
  OPINION_SCALE: 'How easy was it to get started?',
  MULTIPLE_CHOICE_SINGLE_SELECT: 'What do you use most?',
  MULTIPLE_CHOICE_MULTI_SELECT: 'What should we improve next?',
  TEXT_LONG: 'What could we do better?',
};
const USED = ['Dashboards', 'Dashboards', 'Reports', 'Reports', 'Reports', 'Alerts', 'Import', 'API'];
const IMPROVE = ['Speed', 'Integrations', 'Mobile app', 'Templates', 'Documentation'];
/** Few detractors, many who are content: a score of some 35. */
const SCORES = [10, 10, 10, 10, 9, 9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 6, 6, 5, 3, 0];
const EASE = [5, 5, 5, 4, 4, 4, 4, 3, 3, 2];
const TASKS = ['Create your first project', 'Invite a colleague', 'Connect a data source', 'Send a report'];
const BUTTONS = ['Show me', 'Try it', 'Learn more'];

/** The words of the demo: what a month of a young analytics company could look like. */
export const DEMO_WORDS: Words = {
  title(index, type) {
    const titles = TITLES[type];
    const place = Math.floor(index / 6);
    return place < titles.length
      ? titles[place]!
      : `${titles[place % titles.length]} (${Math.floor(place / titles.length) + 1})`;
  },
  tag: (index) => (index % 3 === 2 ? null : TAGS[index % TAGS.length]!),
  person(index) {
    // Visitors who have not signed up yet.
    if (index % 9 === 8) return null;
    const first = FIRST_NAMES[index % FIRST_NAMES.length]!;
    const last = LAST_NAMES[(index * 7 + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length]!;
    const company = COMPANIES[(index * 5) % COMPANIES.length]!;
    return { name: `${first} ${last}`, email: `${plain(first)}.${plain(last)}@${company}.example` };
  },
  member(index) {
    const [firstName, lastName] = TEAM[index]!;
    return { firstName, lastName, email: `${plain(firstName)}@analytics.example` };
  },
  request(_, index) {
    const [title, description, project] = REQUESTS[index % REQUESTS.length]!;
    return { title, description, project: { index: project, name: PROJECTS[project]! } };
  },
  comment: (random) => random.pick(COMMENTS),
  question: (_, type) => QUESTIONS[type],
  answer(random, type) {
    switch (type) {
      case 'NPS':
        return String(random.pick(SCORES));
      case 'OPINION_SCALE':
        return String(random.pick(EASE));
      case 'MULTIPLE_CHOICE_SINGLE_SELECT':
        return JSON.stringify(random.pick(USED));
      case 'MULTIPLE_CHOICE_MULTI_SELECT':
        return JSON.stringify(some(random, IMPROVE));
      case 'TEXT_LONG':
        return JSON.stringify(random.pick(TEXTS));
    }
  },
  task: (index) => TASKS[index]!,
  tasks: TASKS.length,
  button: (button) => BUTTONS[button]!,
};

/** One to three of them, each once. */
function some(random: Random, all: readonly string[]): readonly string[] {
  const first = random.below(all.length);
  return Array.from({ length: random.between(1, 3) }, (_, n) => all[(first + n) % all.length]!);
}

/** As it is written in an e-mail address. */
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
