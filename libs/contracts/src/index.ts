export * from './compatibility';
export * from './contract';
export * from './contract-files';
export { type ExampleRecord, exampleRecords } from './examples';
