export * from './journeys';
export * from './surveys';
export * from './experiences';
export * from './jimers';
export * from './feedback';
export * from './rejected-events';
