/*
 * A program that is linked to the library of early.c, and to the small OpenSSL.
 */
#include <stdio.h>

#include "small_openssl.h"

int early_answer(void);

int main(void)
{
    unsigned char key[2] = {0};

    small_openssl_key(key, sizeof(key));
    printf("answer=%d\n", early_answer());
    printf("key=%s\n", key[0] == SMALL_BAD_BYTE && key[1] == SMALL_BAD_BYTE ? "bad" : "good");
    return 0;
}
