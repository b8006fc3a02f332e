# Calls an operation of STS with the real AWS SDK for Ruby and shows its error as programs do.
require 'aws-sdk-core'
require 'json'

service, operation, given, shown = ARGV
abort 'sts only' unless service == 'sts'
client = Aws::STS::Client.new(region: 'us-east-1', endpoint: ENV.fetch('AWS_ENDPOINT_URL'), retry_limit: 0)
begin
  method = operation.gsub(/(?<!^)(?=[A-Z])/, '_').downcase
  parameters = JSON.parse(given).to_h { |name, value| [name.gsub(/(?<!^)(?=[A-Z])/, '_').downcase.to_sym, value] }
  client.public_send(method, parameters)
rescue StandardError => e
  case shown
  when 'string' then warn e.message
  when 'inspect' then warn e.inspect
  else raise
  end
end
