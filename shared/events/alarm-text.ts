import { type DeadLettered, eventText, type StackEvent } from './event.ts';

/** An event as the readers of alarms are told it: in words, and only what somebody has to do something about. */
export function alarmText(event: StackEvent): { readonly subject?: string; readonly text: string } {
  return event.type === 'dead-lettered'
    ? { subject: subjectOf(event), text: textOf(event) }
    : { text: eventText(event) };
}

/** SNS takes a hundred characters of ASCII. */
const MOST_SUBJECT = 100;

const subjectOf = ({ stack, isNew, count }: DeadLettered): string =>
  `${stack}: ${isNew ? 'dead letters of a new cause' : `${count} dead letters of one cause`}`.slice(
    0,
    MOST_SUBJECT,
  );

const textOf = (event: DeadLettered): string => {
  const { cause, operation, code, count, firstSeenAt, lastSeenAt, sampleId, advice, command } = event;
  return `warning: ${event.isNew ? 'jobs were dead-lettered for a cause that is new.' : 'the dead letters of a cause grow.'}

Cause    ${cause}: ${operation ?? 'no job'}, ${event.class}${code === null ? '' : ` ${code}`}
Letters  ${count} open, the first at ${firstSeenAt}, the last at ${lastSeenAt}; for one, ${sampleId}
Do       ${advice}
Run      ${command}

The next message about it comes when it has ten times as many; mktq dlq ack silences it until a time.
`;
};
