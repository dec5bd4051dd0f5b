/** `<jobId>`, and `<jobId>#<epoch>` once the job was redriven. */
export const letterIdOf = (jobId: string, epoch: number): string =>
  epoch === 0 ? jobId : `${jobId}#${epoch}`;

/** The letter of what never was a job, or of a message that reused a job's id. Told apart by its class, not by this name. */
export const malformedLetterId = (messageId: string): string => `msg-${messageId}`;
