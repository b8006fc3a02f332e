import { longestSealedMessage, openMessage } from '../../sessions/sealed-message.ts'
import { action } from '../grid.ts'
import { onAll } from '../subjects.ts'

/** What a service told in a sealed form of why it refused (`authority.md` §3.10). */
export const decodeAuthorizationMessage = action({
  service: 'sts',
  name: 'DecodeAuthorizationMessage',
  input: { EncodedMessage: { type: 'string', required: true, min: 1, max: longestSealedMessage } },
  output: { DecodedMessage: { type: 'string' } },
  permission: onAll('sts:DecodeAuthorizationMessage'),
  run: ({ EncodedMessage }, { directory, account }) => {
    const text = openMessage(EncodedMessage, account, directory.ringKeys())
    return text === null ? { refused: { reason: 'authorization-message-invalid' } } : { ok: { DecodedMessage: text } }
  },
})
