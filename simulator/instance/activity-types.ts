import type { DataType } from './lead-fields.ts';

interface ActivityAttribute {
  readonly name: string;
  readonly dataType: DataType;
}

/** A type of activity that REST lists. */
export interface ActivityType {
  readonly id: number;
  /** What the stream calls it, which is its name in the WSDL. */
  readonly type: string;
  readonly name: string;
  readonly primary: ActivityAttribute;
  readonly attributes: readonly ActivityAttribute[];
}

function activityType(
  id: number,
  type: string,
  name: string,
  primary: string,
  attributes: readonly string[] = [],
): ActivityType {
  return {
    id,
    type,
    name,
    primary: { name: primary, dataType: 'string' },
    attributes: attributes.map((attribute) => ({ name: attribute, dataType: 'string' })),
  };
}

/** More than the ten that one read takes, and those among them that the instance writes. */
export const ACTIVITY_TYPES: readonly ActivityType[] = [
  activityType(1, 'VisitWebpage', 'Visit Webpage', 'Webpage ID', ['Client IP Address', 'Query Parameters']),
  activityType(2, 'FillOutForm', 'Fill Out Form', 'Webform ID', ['Client IP Address', 'Form Fields']),
  activityType(3, 'ClickLink', 'Click Link', 'Link ID', ['Client IP Address']),
  activityType(6, 'SendEmail', 'Send Email', 'Mailing ID', ['Campaign Run ID']),
  activityType(7, 'EmailDelivered', 'Email Delivered', 'Mailing ID', ['Campaign Run ID']),
  activityType(8, 'EmailBounced', 'Email Bounced', 'Mailing ID', ['Details', 'Email']),
  activityType(9, 'UnsubscribeEmail', 'Unsubscribe Email', 'Mailing ID', ['Campaign Run ID']),
  activityType(10, 'OpenEmail', 'Open Email', 'Mailing ID', ['Device']),
  activityType(11, 'ClickEmail', 'Click Email', 'Mailing ID', ['Link']),
  activityType(12, 'NewLead', 'New Lead', 'Created Date', ['Source']),
  activityType(13, 'ChangeDataValue', 'Change Data Value', 'Attribute Name', ['New Value', 'Old Value']),
  activityType(22, 'ChangeScore', 'Change Score', 'Score Name', ['New Value', 'Old Value']),
  activityType(24, 'AddToList', 'Add to List', 'Static List ID', ['List ID']),
  activityType(25, 'RemoveFromList', 'Remove from List', 'Static List ID', ['List ID']),
  activityType(32, 'MergeLeads', 'Merge Leads', 'Lead ID', ['Merged Lead']),
  activityType(37, 'DeleteLead', 'Delete Lead', 'Lead ID'),
  activityType(46, 'InterestingMoment', 'Interesting Moment', 'Milestone ID', ['Description']),
  activityType(47, 'RequestCampaign', 'Request Campaign', 'Campaign ID', ['Source']),
];
