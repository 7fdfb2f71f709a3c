/* Prints the callbacks and findings of a capture as JSON: decode < capture */
#include <stdio.h>
#include <string.h>

#include "wxsub.h"

int main(void) {
    static uint8_t capture[1 << 20];
    size_t len = fread(capture, 1, sizeof capture, stdin);
    if (!feof(stdin)) {
        fprintf(stderr, "the capture is too large for this example\n");
        return 1;
    }

    char *json = wxsub_extract(capture, len, WXSUB_EN);
    if (json == NULL || strstr(json, "{\"error\":") == json) {
        fprintf(stderr, "%s\n", json == NULL ? "no result" : json);
        wxsub_free(json);
        return 1;
    }
    /* A program has a library for JSON. Here the whole answer is printed. */
    puts(json);
    wxsub_free(json);
    return 0;
}
