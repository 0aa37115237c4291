export * from './log-look';
export * from './unapplied';
export * from './arrivals';
