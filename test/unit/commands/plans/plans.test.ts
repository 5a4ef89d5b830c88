import { expect, test } from '@jest/globals';
import { listTable } from '../../../../src/commands/list/list.js';
import { planList } from '../../../../src/commands/plans/plan-view.js';
import { plainText } from '../../../support/plain-lines.js';

test('the table of plans is that of the original', () => {
  const plans = [
    {
      id: '8A0E21A8-8072-4D80-B365-D1F502085560',
      name: 'small',
      description:
        'Example: This plan will configure a lightweight kubernetes cluster. Not recommended for production workloads.',
    },
    {
      id: '58375a45-17f7-4291-acf1-455bfdc8e371',
      name: 'medium',
      description:
        'Example: This plan will configure a medium sized kubernetes cluster, suitable for more pods.',
    },
  ];
  expect(plainText(listTable(planList, plans))).toBe(`
Name    ID                                    Description
small   8A0E21A8-8072-4D80-B365-D1F502085560  Example: This plan will configure a lightweight kubernetes cluster. Not recommended for production workloads.
medium  58375a45-17f7-4291-acf1-455bfdc8e371  Example: This plan will configure a medium sized kubernetes cluster, suitable for more pods.
`);
});

test('no plan is the head alone, and no description is none', () => {
  expect(plainText(listTable(planList, []))).toBe('\nName  ID  Description\n');
  const plans = [{ id: 'i', name: 'n', description: null }];
  expect(plainText(listTable(planList, plans))).toBe('\nName  ID  Description\nn     i\n');
});
