import { answerGuards } from './answer-guards.ts';
import { budgetGuards } from './budget-guards.ts';
import { deployGuards } from './deploy-guards.ts';
import { deskGuards } from './desk-guards.ts';
import { drawGuards } from './draw-guards.ts';
import { edgeGuards } from './edge-guards.ts';
import { eventGuards } from './event-guards.ts';
import { groupGuards } from './group-guards.ts';
import type { Guard } from './guard.ts';
import { marketoGuards } from './marketo-guards.ts';
import { packingGuards } from './packing-guards.ts';
import { restGuards } from './rest-guards.ts';
import { workGuards } from './work-guards.ts';

/** Every guard, room by room. A new guard in the code belongs here, with the test that goes red without it. */
export const guards: readonly Guard[] = [
  ...workGuards,
  ...deskGuards,
  ...drawGuards,
  ...budgetGuards,
  ...marketoGuards,
  ...packingGuards,
  ...restGuards,
  ...edgeGuards,
  ...deployGuards,
  ...groupGuards,
  ...answerGuards,
  ...eventGuards,
];
