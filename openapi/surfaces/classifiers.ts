import { createClassifierRequest, updateClassifierRequest } from '../../routes/classifiers.ts';
import { KEYED, type Operation, PICTURED, RUNS } from '../operation.ts';
import { EXAMPLE_CLASSIFIER } from '../prepare.ts';
import { Classifier, ClassifierExamples, ClassifierList, DeletedClassifier } from './classifiers-answers.ts';

const PATH = '/v1/classifiers';
const classifier = { name: 'Classifier', schema: Classifier };
const READ = [...KEYED, 'scope_missing', 'classifiers_unavailable'] as const;
const TAUGHT = [...PICTURED, ...RUNS, 'classifiers_unavailable'] as const;

export const classifierOperations: readonly Operation[] = [
  {
    id: 'createClassifier',
    method: 'post',
    path: PATH,
    tag: 'Classifiers',
    summary: 'Create a classifier from examples',
    description:
      'Learns labels from texts and pictures, and returns what leave-one-out finds. Only vectors are stored, unless the server has the setting `CLASSIFIER_SOURCES`. Needs an API key with the scope `embeddings`. Unknown fields are rejected. The body has at most 14 MiB.',
    request: { name: 'ClassifierRequest', schema: createClassifierRequest() },
    answer: classifier,
    takesPictures: true,
    records: true,
    errors: [...TAUGHT, 'classifier_limit_exceeded'],
    example: { body: EXAMPLE_CLASSIFIER },
  },
  {
    id: 'listClassifiers',
    method: 'get',
    path: PATH,
    tag: 'Classifiers',
    summary: 'List your classifiers',
    description: 'All of them, newest first, without their confusion tables.',
    answer: { name: 'ClassifierList', schema: ClassifierList },
    errors: READ,
    example: { needs: 'classifier' },
  },
  {
    id: 'getClassifier',
    method: 'get',
    path: `${PATH}/{id}`,
    tag: 'Classifiers',
    summary: 'Get a classifier',
    description: 'Its labels, and what leave-one-out finds.',
    answer: classifier,
    errors: [...READ, 'classifier_not_found'],
    example: { needs: 'classifier' },
  },
  {
    id: 'updateClassifier',
    method: 'patch',
    path: `${PATH}/{id}`,
    tag: 'Classifiers',
    summary: 'Add examples to a classifier',
    description:
      'Adds examples of known and new labels, and trains from all. Two requests at the same time lose nothing. Needs an API key. Unknown fields are rejected. The body has at most 14 MiB.',
    request: { name: 'ClassifierUpdate', schema: updateClassifierRequest() },
    answer: classifier,
    takesPictures: true,
    records: true,
    errors: [...TAUGHT, 'classifier_not_found', 'classifier_space_mismatch'],
    example: { needs: 'classifier', body: { examples: [{ input: 'a small bird', label: 'animal' }] } },
  },
  {
    id: 'listExamples',
    method: 'get',
    path: `${PATH}/{id}/examples`,
    tag: 'Classifiers',
    summary: 'List the examples of a classifier',
    description:
      'What it was taught: each label with its text, or with the digest of its picture, in the order in which they were added. With the setting `CLASSIFIER_SOURCES` of the server only; examples that were added without it have only their label. Needs an API key.',
    query: {
      after: 'The number of examples to leave out: `next` of the previous page.',
      limit: 'Examples of a page, 1 to 2,048. A page can have fewer.',
    },
    answer: { name: 'ClassifierExamples', schema: ClassifierExamples },
    errors: [...READ, 'classifier_not_found', 'invalid_parameter'],
    example: { needs: 'classifier' },
  },
  {
    id: 'deleteClassifier',
    method: 'delete',
    path: `${PATH}/{id}`,
    tag: 'Classifiers',
    summary: 'Delete a classifier',
    description: 'Its examples are deleted, too. Other isolates can answer from memory for five more seconds.',
    answer: { name: 'DeletedClassifier', schema: DeletedClassifier },
    errors: [...READ, 'classifier_not_found'],
    example: { needs: 'classifier' },
  },
];
