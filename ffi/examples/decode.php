<?php
// Prints the events of a capture: php decode.php LIBRARY < capture

$wxsub = FFI::cdef(
    'char *wxsub_extract(const char *bytes, size_t len, int32_t lang); void wxsub_free(char *json);',
    $argv[1],
);

$capture = stream_get_contents(STDIN);
$json = $wxsub->wxsub_extract($capture, strlen($capture), 0);
try {
    $answer = json_decode(FFI::string($json), flags: JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
} finally {
    $wxsub->wxsub_free($json);
}

foreach ($answer->findings as $finding) {
    fprintf(STDERR, "%d:%d: %s\n", $finding->line, $finding->column, $finding->message);
}
foreach ($answer->records as $record) {
    echo "$record->event $record->from_user\n";
}
