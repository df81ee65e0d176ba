/*
 * Takes 16 bytes from OpenSSL, prints "ready" and waits until its standard input ends. It knows no
 * other way to random bytes.
 */
#include <openssl/rand.h>
#include <stdio.h>

int main(void)
{
    unsigned char bytes[16];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return 1;
    puts("ready");
    fflush(stdout);
    return getchar() == EOF ? 0 : 1;
}
