# frozen_string_literal: true

# Asks the real AWS SDK for Ruby which credential it finds in each machine state that is told on stdin, one JSON object per line.
# The environment of this process becomes that of the state, and what the SDK remembers of its files is forgotten before each.

require 'json'
require 'stringio'

answers = $stdout.dup
answers.sync = true
# What the SDK itself says is no answer.
$stdout.reopen(File::NULL)
$stderr.reopen(File::NULL)

# The gem of the operating system's package, wherever a version manager looks.
require 'aws-sdk-core'

if ARGV.include?('--version')
  answers.puts Aws::CORE_GEM_VERSION
  exit
end

# This version knows no AWS_ENDPOINT_URL: its own means, a handler, leads calls to the stub after they were made ready.
class ToTheStub < Seahorse::Client::Plugin
  class Handler < Seahorse::Client::Handler
    def call(context)
      stub = ENV['AWS_ENDPOINT_URL'].to_s
      if stub.start_with?('http://')
        endpoint = context.http_request.endpoint
        target = URI.parse(stub)
        endpoint = URI::HTTP.build(host: target.host, port: target.port, path: endpoint.path, query: endpoint.query)
        context.http_request.endpoint = endpoint
      end
      @handler.call(context)
    rescue URI::InvalidURIError
      # The variable is not the SDK's own here, and so no text of it may stop the call.
      @handler.call(context)
    end
  end

  handler(Handler, step: :sign, priority: 0)
end

[Aws::STS::Client, Aws::SSO::Client, Aws::SSOOIDC::Client].each { |client| client.add_plugin(ToTheStub) }

# What the endpoint of a container refuses, the SDK keeps to itself.
module HearsRefusal
  def http_get(*)
    super
  rescue Aws::ECSCredentials::Non200Response
    $refused = true
    raise
  end
end
Aws::ECSCredentials.prepend(HearsRefusal)

# Where nobody answers, three more attempts take seconds and end in the same words.
Aws.config[:retry_limit] = 0

Settings = Struct.new(
  :access_key_id, :secret_access_key, :session_token, :profile, :region,
  :instance_profile_credentials_retries, :instance_profile_credentials_timeout
)

def ask(profile)
  $refused = false
  Aws.instance_variable_set(:@shared_config, nil)
  config = Settings.new(nil, nil, nil, profile, nil, 0, 1)
  config.region = Aws::Plugins::RegionalEndpoint.send(:resolve_region, config)
  provider = Aws::CredentialProviderChain.new(config).resolve
  nothing = $refused ? 'nil: the container refused' : 'nil'
  return { accessKeyId: nil, sessionToken: nil, source: nil, error: nothing } if provider.nil?

  keys = provider.credentials
  { accessKeyId: keys.access_key_id, sessionToken: keys.session_token, source: provider.class.name, error: nil }
rescue StandardError, ScriptError, SystemStackError => e
  { accessKeyId: nil, sessionToken: nil, source: nil, error: "#{e.class.name}: #{e.message[0, 300]}" }
end

def scrubbed(value)
  return value unless value.is_a?(String)

  value.dup.force_encoding(Encoding::UTF_8).scrub
end

$stdin.each_line do |line|
  state = JSON.parse(line)
  ENV.replace(state['env'])
  # As Ruby takes it from the environment when it starts.
  locale = %w[LC_ALL LC_CTYPE LANG].map { |name| ENV[name].to_s }.reject(&:empty?).first.to_s
  Encoding.default_external = locale.match?(/utf-?8/i) ? Encoding::UTF_8 : Encoding::US_ASCII
  Dir.chdir(state['cwd'])
  answer = ask(state['profile']).transform_values { |value| scrubbed(value) }
  answers.puts JSON.generate({ id: state['id'] }.merge(answer), ascii_only: true)
end
