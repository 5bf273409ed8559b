export { asWords } from '../shared/words.ts';
