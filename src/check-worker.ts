import { parentPort, workerData } from 'node:worker_threads';
import { checkShare, type Order } from './cli/check-workers.ts';

// What is thrown in a thread ends it, and is thrown again where the program waits for what the thread checks.
void checkShare(workerData as Order, (batch) => parentPort?.postMessage(batch));
