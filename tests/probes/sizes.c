/*
 * Draws of a negative length, of INT_MAX bytes, and of more than 4 GiB: the whole of each is
 * written. The buffer is one file of 64 MiB mapped again and again, so that it costs no memory.
 */
#include <limits.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probe.h"

enum { WINDOW = 64 << 20, TAIL = 16 };

static unsigned char *buffer_of(size_t windows)
{
    int file = memfd_create("buffer", 0);
    unsigned char *buffer =
        mmap(NULL, windows * WINDOW, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    NEED(file >= 0 && ftruncate(file, WINDOW) == 0 && buffer != MAP_FAILED);
    for (size_t i = 0; i < windows; i++)
        NEED(mmap(buffer + i * WINDOW, WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
                  0) != MAP_FAILED);
    return buffer;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "negative") == 0) {
        unsigned char byte;

        print_number("RAND_bytes(-1)", RAND_bytes(&byte, -1));
#ifdef HAS_PRIV_BYTES
        print_number("RAND_priv_bytes(-1)", RAND_priv_bytes(&byte, -1));
#endif
    } else if (strcmp(what, "largest") == 0) {
        unsigned char *buffer = buffer_of((size_t)INT_MAX / WINDOW + 1);

        print_number("RAND_bytes(INT_MAX)", RAND_bytes(buffer, INT_MAX));
        print_hex("tail", buffer + INT_MAX - TAIL, TAIL);
#if defined HAS_LIB_CTX && SIZE_MAX > UINT32_MAX
    } else if (strcmp(what, "4GiB") == 0) {
        const size_t length = ((size_t)1 << 32) + 4 * TAIL;
        unsigned char *buffer = buffer_of(length / WINDOW + 1);

        print_number("RAND_bytes_ex(2^32 + 64)", RAND_bytes_ex(NULL, buffer, length, 0));
        print_hex("head", buffer + 4 * TAIL, TAIL); /* a cut length would leave it untouched */
        print_hex("tail", buffer + length - TAIL, TAIL);
#endif
    }
    return 0;
}
