# frozen_string_literal: true

# Asks the parser of the AWS SDK for Ruby what it makes of the documents of ruby-parser.json, and writes the answers beside them:
#   ruby test/truth/record/ruby/parser.rb              the gem of this machine
#   ruby test/truth/record/ruby/parser.rb FILE NAME    another ini_parser.rb, under the name of its version

require 'json'

file, name = ARGV
if file
  require File.expand_path(file)
else
  require 'aws-sdk-core'
  name = Aws::CORE_GEM_VERSION
end
path = File.expand_path('../../ruby-parser.json', __dir__)
recording = JSON.parse(File.read(path, encoding: 'UTF-8'))
recording['answers'][name] = recording['documents'].map do |document|
  Aws::IniParser.ini_parse(document).map { |profile, settings| [profile, settings.map { |key, value| [key || '', value] }] }
rescue StandardError => e
  e.class.name
end
File.write(path, "#{JSON.pretty_generate(recording).gsub(/\n {5,}/, '')}\n")
