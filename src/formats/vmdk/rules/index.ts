import type { RuleTable } from '../../../model/rule.ts';
import { vmdk3Rules } from '../extents/cowd/rules/index.ts';
import { vmdk4Rules } from '../extents/hosted/rules/index.ts';
import { seSparseRules } from '../extents/sesparse/rules/index.ts';
import type { VmdkImageFindings } from '../findings.ts';
import type { VmdkImage } from '../image.ts';
import { chainRules } from './chain.ts';
import { createTypeRules } from './create-type.ts';
import { descriptorEncodingRules } from './descriptor-encoding.ts';
import { descriptorGrammarRules } from './descriptor-grammar.ts';
import { descriptorPropertiesRules } from './descriptor-properties.ts';
import { descriptorTextRules } from './descriptor-text.ts';
import { diskDatabaseRules } from './disk-database.ts';
import { extentFilesRules } from './extent-files.ts';
import { extentLinesRules } from './extent-lines.ts';
import { extentNumbersRules } from './extent-numbers.ts';
import { flatFilesRules } from './flat-files.ts';
import { fileNamesRules } from './file-names.ts';

/** All rules of VMDK: of the descriptor and the chain, and of hosted sparse, COWD and seSparse extents. */
export const vmdkRules = {
  ...descriptorTextRules,
  ...descriptorEncodingRules,
  ...descriptorGrammarRules,
  ...descriptorPropertiesRules,
  ...createTypeRules,
  ...extentLinesRules,
  ...extentNumbersRules,
  ...extentFilesRules,
  ...flatFilesRules,
  ...fileNamesRules,
  ...diskDatabaseRules,
  ...chainRules,
  ...vmdk4Rules,
  ...vmdk3Rules,
  ...seSparseRules,
} satisfies RuleTable<VmdkImage, VmdkImageFindings>;
