import type { ExperienceType } from '../families';
import type { Random } from './random';

export type StepType = (typeof STEP_TYPES)[number];
export const STEP_TYPES = [
  'NPS',
  'OPINION_SCALE',
  'MULTIPLE_CHOICE_SINGLE_SELECT',
  'MULTIPLE_CHOICE_MULTI_SELECT',
  'TEXT_LONG',
] as const;

export interface GeneratedRequest {
  readonly title: string;
  readonly description: string;
  readonly project: { readonly index: number; readonly name: string };
}

/** What generated events say: either odd on purpose, for tests, or what a customer of Jimo could have. */
export interface Words {
  /** @param edition counts up as the title changes */
  title(index: number, type: ExperienceType, edition: number): string;
  tag(index: number): string | null;
  /** What is known of a jimer; null: nothing. The name and the address may be null alone. */
  person(index: number): { readonly name: string; readonly email: string | null } | null;
  /** A member of the team. */
  member(index: number): { readonly firstName: string; readonly lastName: string; readonly email: string };
  /** @param number of the requests so far; `occurrence` of all events */
  request(random: Random, number: number, occurrence: number): GeneratedRequest;
  comment(random: Random): string;
  question(step: number, type: StepType): string;
  /** JSON. */
  answer(random: Random, type: StepType): string;
  task(index: number): string;
  readonly tasks: number;
  button(button: number): string;
}

const CHOICES = ['Search', 'Reports', 'Import', 'API'];
const TITLES = ['Onboarding', 'What’s new', 'Tell us more', 'First steps', 'Try the editor', 'Année 2025 🎉'];
const TAGS = ['activation', 'retention', 'beta', 'enterprise'];
const FIRST_NAMES = ['Ada', 'Grace', 'Linus', 'Chloé', 'Zoë', 'Sam', 'Noor', 'Jörg', 'Mina', 'Bao'];
const TEXTS = ['Très bien !', 'Too slow on Mondays', 'I like it 👍', 'line one\nline two'];
const TASKS = ['Invite a colleague', 'Create a project', 'Connect a source', 'Send a report'];

/** Titles that contradict types, addresses that are none, line breaks: what a projection must take. */
export const ODD_WORDS: Words = {
  title: (index, _, edition) =>
    `${TITLES[index % TITLES.length]} ${index + 1}${edition > 1 ? ` v${edition}` : ''}`,
  tag: (index) => (index % 3 === 0 ? null : TAGS[index % TAGS.length]!),
  person: (index) => {
    if (index % 5 === 4) return null;
    const name = `${FIRST_NAMES[index % FIRST_NAMES.length]!} ${index}`;
    if (index % 7 === 3) return { name, email: null };
    return {
      name,
      email: index % 97 === 0 ? '[email\u00a0protected]' : `user${index}@customer${index % 40}.example`,
    };
  },
  member: (index) => ({
    email: `team${index}@customer.example`,
    firstName: FIRST_NAMES[index * 2]!,
    lastName: 'at Jimo',
  }),
  request: (random, _, occurrence) => ({
    title: `Idea ${occurrence}`,
    description: random.pick(['Dark mode', 'Export as CSV', 'Plus rapide, s’il vous plaît']),
    // One project under several names, as when somebody renames it.
    project: { index: random.below(3), name: `Project ${random.below(3) + 1}` },
  }),
  comment: (random) => random.pick(TEXTS),
  question: (step) => `Question ${step + 1}`,
  answer(random, type) {
    switch (type) {
      case 'NPS':
        return String(random.below(11));
      case 'OPINION_SCALE':
        // The vendor's docs call a value a string; both occur.
        return random.chance(0.5) ? String(random.between(1, 5)) : `"${random.between(1, 5)}"`;
      case 'MULTIPLE_CHOICE_SINGLE_SELECT':
        return JSON.stringify(random.pick(CHOICES));
      case 'MULTIPLE_CHOICE_MULTI_SELECT':
        return JSON.stringify([random.pick(CHOICES), random.pick(CHOICES)]);
      case 'TEXT_LONG':
        return JSON.stringify(random.pick(TEXTS));
    }
  },
  task: (index) => TASKS[index]!,
  tasks: TASKS.length,
  button: () => 'Go',
};
