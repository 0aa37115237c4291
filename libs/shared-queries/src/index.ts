export * from './last-events';
export * from './same-person';
export * from './waiting-rejected';
