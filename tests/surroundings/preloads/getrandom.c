/*
 * A second preloaded library that serves "random" bytes of its own, as libfaketime does: whoever
 * asks the C library gets these.
 */
#include <string.h>
#include <sys/random.h>

enum { FAKE = 0x42 };

ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
    (void)flags;
    memset(buffer, FAKE, length);
    return (ssize_t)length;
}

int getentropy(void *buffer, size_t length)
{
    memset(buffer, FAKE, length);
    return 0;
}
