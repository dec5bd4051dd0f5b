import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { EditedPlan, EditStore } from '../../shared/operate/redrive/edits.ts';
import type { RedriveChoice } from '../../shared/operate/redrive/plan.ts';
import type { RedrivePlan } from '../../shared/operate/redrive/plan-redrive.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import type { EditChoice } from './edit-choice.ts';

interface Wanted extends Pick<RedriveChoice, 'by' | 'superseded'> {
  /** Where the edits are put until they are sent. */
  readonly edits: EditStore;
  /** What --edit, or the editor, has said. */
  readonly text: string | null;
}

/** The plan with its edits made and checked. */
export async function editedPlan(
  cli: Cli,
  connection: Connection,
  plan: RedrivePlan,
  choice: EditChoice,
  { text, ...wanted }: Wanted,
): Promise<EditedPlan> {
  switch (choice.kind) {
    case 'none':
      return { plan, edits: wanted.edits, samples: [] };
    case 'file':
    case 'editor': {
      const { planTextEdit } = await import('../../shared/operate/redrive/edits.ts');
      return planTextEdit(connection, plan, text ?? '');
    }
    case 'program': {
      const { editWith } = await import('./edit-with.ts');
      return editWith(cli, connection, plan, choice.command, wanted);
    }
    case 'fields': {
      const { planFieldEdits } = await import('../../shared/operate/redrive/edits.ts');
      return planFieldEdits(connection, plan, choice.edits, wanted.edits);
    }
    default:
      return assertNever(choice);
  }
}
