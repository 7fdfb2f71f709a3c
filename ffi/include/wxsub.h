/* wxsub as a C library: reads WeChat subscribe-message callbacks. */
#ifndef WXSUB_H
#define WXSUB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The languages of messages. */
enum { WXSUB_EN = 0, WXSUB_ZH = 1 };

/*
 * Reads all callbacks and findings of a capture: a payload, or a log with payloads in it, not compressed.
 *
 * `bytes` points to `len` bytes, which need no zero byte at the end and may hold some. They are only read, and not kept.
 * If `len` is 0, `bytes` may be NULL. `lang` is WXSUB_EN or WXSUB_ZH; any other number is English.
 *
 * Returns JSON in UTF-8 that ends with a zero byte:
 *
 *   {"records":[...],"findings":[...]}          as `wxsub convert --with-source` and `wxsub check --format json` write them
 *   {"error":{"code":"...","message":"..."}}    if `bytes` is NULL but `len` is not 0 or `len` is more than memory can
 *                                               hold (`invalid-argument`), or wxsub itself failed (`internal-error`)
 *
 * A payload that cannot be decoded is a finding, not an error. The result is NULL only if it could not be made.
 * Give it to wxsub_free, not to free.
 *
 * Any number of threads may call this at once.
 */
char *wxsub_extract(const uint8_t *bytes, size_t len, int32_t lang);

/* Frees a result of wxsub_extract, once. NULL is allowed. */
void wxsub_free(char *json);

#ifdef __cplusplus
}
#endif

#endif
