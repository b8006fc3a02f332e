import type { ProbeNumber } from './entry.ts'

/** What AWS can be asked. None of these questions changes anything; `by` is how a person asks. */
export const questions: Readonly<Record<ProbeNumber, { readonly by: string; readonly tells: string }>> = {
  P1: {
    by: '`aws sts get-caller-identity`',
    tells:
      'Whether the credentials work, and whose they are. It needs no permission and answers even under an explicit deny.',
  },
  P2: {
    by: 'P1 in another region: `--region us-east-1`, or one of another partition',
    tells: 'Whether region or partition is to blame. The key id travels there, the secret never does.',
  },
  P3: {
    by: 'P1 with a signature that is wrong on purpose (`countersign check` can do it)',
    tells:
      'A signature error: the key id is known. The usual refusal: it is not, or the key is switched off. Reliable for long-term keys only.',
  },
  P4: {
    by: 'P1 without the session token: `env -u AWS_SESSION_TOKEN -u AWS_SECURITY_TOKEN aws sts get-caller-identity`',
    tells: 'Accepted: a leftover token was to blame.',
  },
  P5: {
    by: '`curl -sI https://sts.us-east-1.amazonaws.com | grep -i ^date; date -u`',
    tells: 'How far the clock is off. No credentials are sent.',
  },
  P6: {
    by: '`aws sts get-access-key-info --access-key-id KEY_ID`, with credentials that work',
    tells: 'Which account the key id belongs to; not whether the key still exists.',
  },
  P7: {
    by: '`aws iam get-access-key-last-used`, `list-access-keys`, `list-mfa-devices`, `get-account-summary`',
    tells:
      'Whose key it is, whether it is Active, which devices there are, which version session tokens have. Needs permissions.',
  },
  P8: {
    by: '`aws ec2 describe-regions --all-regions`, `aws account get-region-opt-status --region-name REGION`',
    tells: 'Whether a region is switched on for the account.',
  },
  P9: {
    by: 'On the instance: `curl -sX PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token`, then `/latest/meta-data/iam/info`',
    tells:
      'Whether the metadata service answers, and the state of the role. Never print the credentials that lie below it.',
  },
  P10: {
    by: '`aws sts decode-authorization-message --encoded-message MESSAGE`',
    tells: 'Why EC2 refused. Needs a permission.',
  },
}
