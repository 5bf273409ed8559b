import type { Explanations } from '../../../model/rule.ts';
import { vmdk3Explanations } from '../extents/cowd/rules/index.explained.ts';
import { vmdk4Explanations } from '../extents/hosted/rules/index.explained.ts';
import { seSparseExplanations } from '../extents/sesparse/rules/index.explained.ts';
import type { vmdkRules } from './index.ts';
import { chainExplanations } from './chain.explained.ts';
import { createTypeExplanations } from './create-type.explained.ts';
import { descriptorEncodingExplanations } from './descriptor-encoding.explained.ts';
import { descriptorGrammarExplanations } from './descriptor-grammar.explained.ts';
import { descriptorPropertiesExplanations } from './descriptor-properties.explained.ts';
import { descriptorTextExplanations } from './descriptor-text.explained.ts';
import { diskDatabaseExplanations } from './disk-database.explained.ts';
import { extentFilesExplanations } from './extent-files.explained.ts';
import { extentLinesExplanations } from './extent-lines.explained.ts';
import { extentNumbersExplanations } from './extent-numbers.explained.ts';
import { flatFilesExplanations } from './flat-files.explained.ts';
import { fileNamesExplanations } from './file-names.explained.ts';

/** All rules of VMDK explained. */
export const vmdkExplanations: Explanations<typeof vmdkRules> = {
  ...descriptorTextExplanations,
  ...descriptorEncodingExplanations,
  ...descriptorGrammarExplanations,
  ...descriptorPropertiesExplanations,
  ...createTypeExplanations,
  ...extentLinesExplanations,
  ...extentNumbersExplanations,
  ...extentFilesExplanations,
  ...flatFilesExplanations,
  ...fileNamesExplanations,
  ...diskDatabaseExplanations,
  ...chainExplanations,
  ...vmdk4Explanations,
  ...vmdk3Explanations,
  ...seSparseExplanations,
};
