import { accountOfAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { action } from '../grid.ts'
import { text } from '../members.ts'
import { invalidParameter } from '../sentences.ts'
import { onAll } from '../subjects.ts'

/**
 * The account of any well-formed access key id, also of one that is inactive, deleted or another account's: it is read out of the id
 * (`authority.md` §3.9). Only ids that were chosen by hand are looked up, since they may not carry their account.
 */
export const getAccessKeyInfo = action({
  service: 'sts',
  name: 'GetAccessKeyInfo',
  input: { AccessKeyId: { type: 'string', required: true, min: 16, max: 128, pattern: '[\\w]*' } },
  output: { Account: text },
  permission: onAll('sts:GetAccessKeyInfo'),
  run: ({ AccessKeyId: id }, { directory, account }) => {
    const own = directory.accessKey(id) !== undefined || directory.deletedKey(id) !== undefined
    const owner = own ? account : accountOfAccessKeyId(id)
    return owner === null
      ? invalidParameter('The specified value for accessKeyId is invalid.')
      : { ok: { Account: owner } }
  },
})
