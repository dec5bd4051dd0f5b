import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { EditedPlan } from '../../shared/operate/redrive/edits.ts';
import type { RedrivePlan } from '../../shared/operate/redrive/plan-redrive.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import type { EditChoice } from './edit-choice.ts';

/** The plan with its edits made and checked. `text`: what --edit, or the editor, has said. */
export async function editedPlan(
  cli: Cli,
  connection: Connection,
  plan: RedrivePlan,
  choice: EditChoice,
  text: string | null,
): Promise<EditedPlan> {
  switch (choice.kind) {
    case 'none':
      return { plan, edits: new Map(), samples: [] };
    case 'file':
    case 'editor': {
      const { planTextEdit } = await import('../../shared/operate/redrive/edits.ts');
      return planTextEdit(connection, plan, text ?? '');
    }
    case 'program': {
      const { editWith } = await import('./edit-with.ts');
      return editWith(cli, connection, plan, choice.command);
    }
    case 'fields': {
      const { planFieldEdits } = await import('../../shared/operate/redrive/edits.ts');
      return planFieldEdits(connection, plan, choice.edits);
    }
    default:
      return assertNever(choice);
  }
}
