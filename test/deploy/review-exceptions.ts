interface Exception {
  /** In the template with no prop set, in the one with every prop, or in either. */
  readonly seen: 'plain' | 'full' | 'either';
  readonly because: string;
}

const UNENCRYPTED: Exception = {
  seen: 'plain',
  because:
    "under AWS's own keys, which cost nothing and are asked for nothing; `encryptionKey` puts it under a key of yours",
};

/** What cfn-lint and checkov find in the template, by rule and type of resource, and why it stands. Nothing else may be found. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'W3005 AWS::Lambda::Function': {
    seen: 'either',
    because: 'the CDK names the role as a dependency of its function, though a reference says so already',
  },
  'W6001 Output': {
    seen: 'full',
    because: 'the topic of the alarms is of a stack of theirs, and commands find it by the outputs of ours',
  },
  'CKV_AWS_26 AWS::SNS::Topic': UNENCRYPTED,
  'CKV_AWS_27 AWS::SQS::Queue': UNENCRYPTED,
  'CKV_AWS_149 AWS::SecretsManager::Secret': UNENCRYPTED,
  'CKV_AWS_158 AWS::Logs::LogGroup': UNENCRYPTED,
  'CKV_AWS_173 AWS::Lambda::Function': UNENCRYPTED,
  'CKV_AWS_117 AWS::Lambda::Function': {
    seen: 'plain',
    because:
      'Marketo and every service are reached over the internet or by TLS; `vpc` puts the functions into a network',
  },
  'CKV_AWS_115 AWS::Lambda::Function': {
    seen: 'either',
    because:
      'reserved concurrency would throttle receives, and each counts against its message (docs/marketo-facts.md, 12.7); the event source bounds it instead',
  },
  'CKV_AWS_116 AWS::Lambda::Function': {
    seen: 'either',
    because:
      'such a queue is for asynchronous invocations: worker and collector have their queues’ own, and a minute of the warden that fails is not made up for',
  },
  'CKV_AWS_111 AWS::IAM::Role': {
    seen: 'full',
    because: 'EC2 takes the actions that put a function into a network on * alone',
  },
};
