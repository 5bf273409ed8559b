// The rules on entries of L1 and L2 tables.
export * from './l1-entries.ts';
export * from './l2-entries.ts';
export * from './compressed.ts';
export * from './subclusters.ts';
