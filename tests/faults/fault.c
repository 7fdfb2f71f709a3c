// Makes one call of one function of the C library fail, for tests. Preloaded into the program.
//
// WXSUB_FAULT is "function:number:errno": the call with this number fails, counted from 0 over all threads. If errno is 0
// the call is not an error, but transfers a single byte. When that happens, the file WXSUB_FAULT_MARK is made.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

enum { GOES_ON, FAILS, IS_SHORT };

// Says what this call of `function` does. Sets errno if it fails.
static int fate(const char *function) {
    const char *fault = getenv("WXSUB_FAULT");
    size_t len = strlen(function);
    if (!fault || strncmp(fault, function, len) != 0 || fault[len] != ':')
        return GOES_ON;
    char *rest;
    long number = strtol(fault + len + 1, &rest, 10);
    if (atomic_fetch_add(&calls, 1) != number)
        return GOES_ON;
    const char *mark = getenv("WXSUB_FAULT_MARK");
    if (mark)
        syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600));
    errno = atoi(rest + 1);
    return errno ? FAILS : IS_SHORT;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t read(int file, void *bytes, size_t len) {
    int what = fate("read");
    return what == FAILS ? -1 : NEXT(read)(file, bytes, what == IS_SHORT && len ? 1 : len);
}

ssize_t write(int file, const void *bytes, size_t len) {
    int what = fate("write");
    return what == FAILS ? -1 : NEXT(write)(file, bytes, what == IS_SHORT && len ? 1 : len);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    int what = fate("write");
    if (what == IS_SHORT && count && parts[0].iov_len)
        return NEXT(write)(file, parts[0].iov_base, 1);
    return what == FAILS ? -1 : NEXT(writev)(file, parts, count);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, int);
    va_end(rest);
    return fate("open") == FAILS ? -1 : NEXT(open64)(path, flags, mode);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict out) {
    return fate("stat") == FAILS ? -1 : NEXT(statx)(folder, path, flags, mask, out);
}

int fsync(int file) {
    return fate("fsync") == FAILS ? -1 : NEXT(fsync)(file);
}

off64_t lseek64(int file, off64_t offset, int from) {
    return fate("seek") == FAILS ? -1 : NEXT(lseek64)(file, offset, from);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *with) {
    return fate("thread") == FAILS ? errno : NEXT(pthread_create)(thread, attributes, run, with);
}
