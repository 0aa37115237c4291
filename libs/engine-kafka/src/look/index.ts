export * from './log-look';
