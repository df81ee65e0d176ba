/*
 * Another preloaded library that interposes on OpenSSL. Nobody may take it for an OpenSSL: its
 * functions end the process.
 */
#include <stdlib.h>

int RAND_set_rand_method(const void *method);
const void *RAND_get_rand_method(void);

int RAND_set_rand_method(const void *method)
{
    (void)method;
    abort();
}

const void *RAND_get_rand_method(void)
{
    abort();
}
