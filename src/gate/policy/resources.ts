import { defineRules } from '../../model/rule.ts';
import { bytesText } from '../bytes-text.ts';
import type { PolicyFindings } from '../findings.ts';
import { ORDINARY_SIZE, SIZE_RATIO } from '../limits.ts';
import type { Subject } from '../subject.ts';

/** Rules on what an image from a stranger costs those who open it. */
export const resourceRules = defineRules<Subject, PolicyFindings>()({
  'policy/decompression-bomb': {
    severity: 'error',
    depth: 'metadata',
    title: 'A small file that inflates to very much',
    spec: 'CWE-409; RFC 1951: deflate stores at best 1032 bytes in one',
    repair: 'none',
    message: ({ inflated, fileBytes, limit }) =>
      `compressed data inflate to ${bytesText(inflated)}, more than ${limit} times the ${fileBytes} bytes of the file`,
    check({ file, image, allocation, fileBytes, limits }, tell) {
      const inflated = (allocation?.compressed ?? 0) * (image.allocationUnit ?? 0);
      const { inflation: limit } = limits;
      if (inflated <= limit * fileBytes) return;
      tell({
        at: { file, offset: null, length: null, field: null },
        data: { inflated, fileBytes, limit },
        expected: `at most ${limit * fileBytes}`,
        actual: String(inflated),
      });
    },
  },
  'policy/virtual-size': {
    severity: 'warning',
    depth: 'header',
    title: 'The disk is very large for its file, or larger than allowed',
    spec: 'CWE-400, uncontrolled resource consumption: a size that is only declared costs its author nothing',
    repair: 'none',
    message: ({ size, fileBytes, limit }) =>
      limit === null
        ? `the disk has ${bytesText(size)}, ${Math.floor(size / Math.max(1, fileBytes))} times the ${fileBytes} bytes of its file`
        : `the disk has ${bytesText(size)}, more than the ${bytesText(limit)} that are allowed`,
    check({ file, image, fileBytes, limits, isPartial }, tell) {
      const { size } = image;
      const isOver = size > limits.virtualSize;
      const isThin = !isPartial && size > ORDINARY_SIZE && size > SIZE_RATIO * fileBytes;
      if (!isOver && !isThin) return;
      tell({
        at: { file, offset: null, length: null, field: null },
        data: { size, fileBytes, limit: isOver ? limits.virtualSize : null },
        severity: isOver ? 'error' : 'warning',
        expected: `at most ${isOver ? limits.virtualSize : SIZE_RATIO * fileBytes}`,
        actual: String(size),
      });
    },
  },
  'policy/table-memory': {
    severity: 'error',
    depth: 'header',
    title: 'The tables take more memory than allowed',
    spec: 'CWE-789; google/osv-scalibr#1997: a file of 120 bytes that takes 4 GB',
    repair: 'none',
    message: ({ bytes, tables, limit }) =>
      `the ${tables} tables that a reader keeps in memory have ${bytesText(bytes)} as declared, more than the ${bytesText(limit)} that are allowed`,
    check({ disclosure: { tables }, limits: { tableMemory: limit } }, tell) {
      const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
      const [first, ...others] = [...tables].sort((a, b) => b.bytes - a.bytes);
      if (bytes <= limit || first === undefined) return;
      tell({
        at: first.at,
        data: { bytes, tables: tables.length, limit },
        expected: `at most ${limit}`,
        actual: String(bytes),
        also: others.slice(0, 20).map(({ at }) => at),
      });
    },
  },
  'policy/work-amplification': {
    severity: 'warning',
    depth: 'metadata',
    title: 'Many table entries point to the same bytes',
    spec: 'CWE-405; all formats: a stored unit belongs to one place of the disk',
    repair: 'none',
    message: ({ count, limit }) =>
      `${count} table entries point to bytes that another entry points to already, more than the ${limit} that are allowed: a small file makes readers read much`,
    check({ file, aliases: count, limits: { aliases: limit } }, tell) {
      if (count <= limit) return;
      const at = { file, offset: null, length: null, field: null };
      tell({ at, data: { count, limit }, expected: `at most ${limit}`, actual: String(count) });
    },
  },
  'policy/chain-depth': {
    severity: 'warning',
    depth: 'header',
    title: 'The chain has more layers than allowed',
    spec: 'VMware KB 1004545: 32 snapshots in a chain',
    repair: 'none',
    message: ({ layers, limit }) => `the image has ${layers} layers, more than the ${limit} that are allowed`,
    check({ file, layers, limits: { chain: limit } }, tell) {
      if (layers <= limit) return;
      const at = { file, offset: null, length: null, field: null };
      tell({ at, data: { layers, limit }, expected: `at most ${limit}`, actual: String(layers) });
    },
  },
});
