/* Counts the calls that put something on a disk below one folder, and fails, tears or dies at the n-th of them.
 *
 * Loaded with LD_PRELOAD; until `shim_arm` is called everything goes through. Only calls from outside the C library are
 * seen: those of Python, SQLite, numpy and faiss. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { ONCE, EVER_AFTER, KILL };
enum { GO, FAIL, DIE };

static char folder[4096];
static atomic_long seen;
static long nth;
static int mode, reason;

#define MOST 65536
static struct { dev_t dev; ino_t ino; int dirty; } files[MOST];
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static void mark(int fd, int dirty) {
    struct stat status;
    if (fstat(fd, &status)) return;
    while (atomic_flag_test_and_set(&busy)) {}
    for (int i = 0; i < MOST; i++) {
        if (files[i].ino && (files[i].ino != status.st_ino || files[i].dev != status.st_dev)) continue;
        files[i].dev = status.st_dev;
        files[i].ino = status.st_ino;
        files[i].dirty = dirty;
        break;
    }
    atomic_flag_clear(&busy);
}

static int below(const char *path) { return folder[0] && !strncmp(path, folder, strlen(folder)); }

static int ours(int fd) {
    char link[64], path[4096];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

static int strike(void) {
    long number = atomic_fetch_add(&seen, 1) + 1;
    if (!nth || number < nth || (mode != EVER_AFTER && number > nth)) return GO;
    if (mode == KILL) return DIE;
    errno = reason;
    return FAIL;
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* mode: 0 fails the n-th call alone, 1 that and all later ones, 2 kills the process at it; n of 0 only counts. */
void shim_arm(const char *path, long n, int how, int error) {
    folder[0] = 0;
    memset(files, 0, sizeof files);
    atomic_store(&seen, 0);
    nth = n, mode = how, reason = error;
    strncpy(folder, path, sizeof folder - 1);
}

void shim_disarm(void) { folder[0] = 0; }
long shim_seen(void) { return atomic_load(&seen); }

int shim_is_dirty(unsigned long ino) {
    for (int i = 0; i < MOST && files[i].ino; i++)
        if (files[i].ino == ino) return files[i].dirty;
    return 0;
}

#define WRITE(name, signature, fd, call, torn)              \
    ssize_t name signature {                                \
        static ssize_t(*real) signature;                    \
        if (!real) real = next(#name);                      \
        if (!ours(fd)) return call;                         \
        switch (strike()) {                                 \
        case FAIL: return -1;                               \
        case DIE: (void)!(torn); die();                     \
        }                                                   \
        mark(fd, 1);                                        \
        return call;                                        \
    }

WRITE(write, (int fd, const void *data, size_t size), fd, real(fd, data, size), real(fd, data, size / 2))
WRITE(pwrite, (int fd, const void *data, size_t size, off_t at), fd, real(fd, data, size, at), real(fd, data, size / 2, at))
WRITE(pwrite64, (int fd, const void *data, size_t size, off64_t at), fd, real(fd, data, size, at), real(fd, data, size / 2, at))
WRITE(sendfile, (int to, int from, off_t *at, size_t size), to, real(to, from, at, size), real(to, from, at, size / 2))
WRITE(sendfile64, (int to, int from, off64_t *at, size_t size), to, real(to, from, at, size), real(to, from, at, size / 2))

size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    static size_t (*real)(const void *, size_t, size_t, FILE *);
    if (!real) real = next("fwrite");
    if (!folder[0] || !ours(fileno(file))) return real(data, size, count, file);
    switch (strike()) {
    case FAIL: return 0;
    case DIE: real(data, size, count / 2, file); fflush(file); die();
    }
    mark(fileno(file), 1);
    return real(data, size, count, file);
}

#define ON_FILE(name, signature, call, dirty)               \
    int name signature {                                    \
        static int(*real) signature;                        \
        if (!real) real = next(#name);                      \
        if (!ours(fd)) return call;                         \
        switch (strike()) {                                 \
        case FAIL: return -1;                               \
        case DIE: die();                                    \
        }                                                   \
        int done = call;                                    \
        if (!done) mark(fd, dirty);                         \
        return done;                                        \
    }

ON_FILE(fsync, (int fd), real(fd), 0)
ON_FILE(fdatasync, (int fd), real(fd), 0)
ON_FILE(ftruncate, (int fd, off_t size), real(fd, size), 1)
ON_FILE(ftruncate64, (int fd, off64_t size), real(fd, size), 1)

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = next("rename");
    if (!below(to)) return real(from, to);
    switch (strike()) {
    case FAIL: return -1;
    case DIE: die();
    }
    return real(from, to);
}
