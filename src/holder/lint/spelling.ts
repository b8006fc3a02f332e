/** Settings of the AWS files that the SDKs and the AWS CLI know (SDKs and tools reference guide; AWS CLI `config-vars`). */
export const knownKeys: readonly string[] = [
  'account_id_endpoint_mode',
  'api_versions',
  'auth_scheme_preference',
  'aws_access_key_id',
  'aws_account_id',
  'aws_secret_access_key',
  'aws_security_token',
  'aws_session_token',
  'ca_bundle',
  'cli_auto_prompt',
  'cli_binary_format',
  'cli_follow_urlparam',
  'cli_help_output',
  'cli_history',
  'cli_hide_sensitive_data',
  'cli_pager',
  'cli_timestamp_format',
  'credential_process',
  'credential_source',
  'csm_client_id',
  'csm_enabled',
  'csm_host',
  'csm_port',
  'data_path',
  'defaults_mode',
  'disable_request_compression',
  'duration_seconds',
  'ec2_metadata_service_endpoint',
  'ec2_metadata_service_endpoint_mode',
  'ec2_metadata_v1_disabled',
  'endpoint_discovery_enabled',
  'endpoint_url',
  'external_id',
  'ignore_configured_endpoint_urls',
  'imds_use_ipv6',
  'login_session',
  'max_attempts',
  'metadata_service_num_attempts',
  'metadata_service_timeout',
  'mfa_serial',
  'output',
  'parameter_validation',
  'region',
  'request_checksum_calculation',
  'request_min_compression_size_bytes',
  'response_checksum_validation',
  'retry_mode',
  'role_arn',
  'role_session_name',
  's3',
  's3_disable_express_session_auth',
  's3_disable_multiregion_access_points',
  's3_force_path_style',
  's3_us_east_1_regional_endpoint',
  's3_use_arn_region',
  'sdk_ua_app_id',
  'services',
  'sigv4a_signing_region_set',
  'source_profile',
  'sso_account_id',
  'sso_auto_populated',
  'sso_region',
  'sso_registration_scopes',
  'sso_role_name',
  'sso_session',
  'sso_start_url',
  'sts_regional_endpoints',
  'tcp_keepalive',
  'toolkit_artifact_guid',
  'use_dualstack_endpoint',
  'use_fips_endpoint',
  'user_agent_appid',
  'user_agent_extra',
  'web_identity_token_file',
]

const known = new Set(knownKeys)
/** Keys by the letters and digits alone, without the `aws` in front: `accessKeyId`, `AWS-Access-Key-ID`. */
const byLetters = new Map(knownKeys.map((key) => [lettersOf(key), key]))

/** Whether a key is a known one, or one in another writing. */
export function isKnown(key: string): boolean {
  return known.has(key.toLowerCase()) || byLetters.has(lettersOf(key))
}

/** The known key that was probably meant by another one; null for a known key and for one that is like none. */
export function meantKey(key: string): string | null {
  const folded = key.toLowerCase()
  if (known.has(folded)) return null
  const same = byLetters.get(lettersOf(folded))
  if (same !== undefined) return same
  if (folded.length < 5 || folded.length > 64) return null
  const limit = folded.length < 9 ? 1 : 2
  let best: string | null = null
  let nearest = limit + 1
  for (const candidate of knownKeys) {
    if (Math.abs(candidate.length - folded.length) >= nearest) continue
    const distance = editDistance(folded, candidate)
    if (distance < nearest) {
      nearest = distance
      best = candidate
    }
  }
  return best
}

function lettersOf(key: string): string {
  return key
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^aws/, '')
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = []
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      let distance = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, before[j - 2]! + 1)
      }
      row.push(distance)
    }
    before = above
    above = row
  }
  return above[b.length]!
}
