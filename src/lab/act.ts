import { CountersignError } from '../errors.ts'
import type { EndpointChoice } from '../holder/chains/trace.ts'
import type { Machine } from '../holder/machine/machine.ts'
import type { SigningCredentials } from '../signature/index.ts'
import { type Answer, type AwsService, type CallOptions, callAws, labRegion } from './caller.ts'
import type { Scene } from './scene.ts'
import type { Stage } from './stage.ts'
import type { Chosen } from './variation.ts'

/** What is at hand when the person does what goes wrong. */
export interface Doing {
  readonly stage: Stage
  readonly scene: Scene
  readonly chosen: Chosen
  /** The scene's machine: whatever it sends, its last refusal is the failure. */
  readonly machine: Machine
  /** Where the AWS CLI would send it on that machine. */
  readonly endpoint: EndpointChoice
  /** What the AWS CLI would sign with, got for real where it is only planned; null when it would stop before. */
  readonly credentials: SigningCredentials | null
  /** A call with those credentials, from that machine. */
  call(
    service: AwsService,
    action: string,
    parameters?: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<Answer>
}

export type Act = (doing: Doing) => Promise<unknown>

/** `aws sts get-caller-identity`: nothing is sent when the AWS CLI has found nothing to sign with. */
export const askWhoAmI: Act = async ({ credentials, call }) => {
  if (credentials !== null) await call('sts', 'GetCallerIdentity')
}

/** A call of the scene's machine, signed with what the AWS CLI would sign with. */
export function doingCall(doing: Omit<Doing, 'call'>): Doing {
  return {
    ...doing,
    async call(service, action, parameters = {}, options = {}) {
      const { credentials, machine, endpoint } = doing
      if (credentials === null) return unsent
      const region = { region: endpoint.signingRegion, ...options }
      return await callAws(
        machine,
        urlOf(service, endpoint, region.region),
        credentials,
        service,
        action,
        parameters,
        region,
      )
    },
  }
}

/** The AWS CLI has found nothing to sign with. */
const unsent: Answer = {
  status: 0,
  body: '',
  refusal: { code: 'NoCredentials', message: 'Unable to locate credentials' },
  text() {
    throw new CountersignError('defect', 'nothing was sent')
  },
}

/** The endpoint of a service where the one of STS is known. */
export function urlOf(service: AwsService, { sts, iam, overriddenBy }: EndpointChoice, region = labRegion): string {
  if (service === 'sts' || overriddenBy !== null) return sts
  return service === 'iam' ? iam : `https://${service}.${region}.amazonaws.com`
}
