import { createClassifierRequest, updateClassifierRequest } from '../../routes/classifiers.ts';
import { KEYED, type Operation, PICTURED, RUNS } from '../operation.ts';
import { EXAMPLE_CLASSIFIER } from '../prepare.ts';
import { Classifier, ClassifierList, DeletedClassifier } from './classifiers-answers.ts';

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
      'Learns labels from texts and pictures, and returns what leave-one-out finds. Only vectors are stored. Needs an API key with the scope `embeddings`. Unknown fields are rejected. The body has at most 14 MiB.',
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
