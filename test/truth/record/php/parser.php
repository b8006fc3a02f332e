<?php
// Asks PHP itself what it makes of the documents of php-parser.json, as the AWS SDK for PHP calls it, and writes the answers
// beside them: php test/truth/record/php/parser.php
$path = __DIR__ . '/../../php-parser.json';
$recording = json_decode(file_get_contents($path), true);
$answers = [];
foreach ($recording['documents'] as $document) {
    // src/functions.php `parse_ini_file` of the SDK.
    $text = preg_replace('/^#.*\n/m', '', $document);
    $data = @parse_ini_string($text, true, INI_SCANNER_RAW);
    if ($data === false) {
        $answers[] = null;
        continue;
    }
    $sections = [];
    foreach ($data as $name => $settings) {
        if (!is_array($settings)) continue;
        $pairs = [];
        foreach ($settings as $key => $value) if (is_string($value)) $pairs[] = [(string) $key, $value];
        $sections[] = [(string) $name, $pairs];
    }
    $answers[] = $sections;
}
$recording['php'] = PHP_VERSION;
$recording['date'] = gmdate('Y-m-d');
$recording['answers'] = $answers;
file_put_contents(
    $path,
    json_encode($recording, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR) . "\n"
);
